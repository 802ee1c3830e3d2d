import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** `operation`: `Query`, `TransactWriteItems`; `body`: what was asked. */
export type Asked = { operation: string; body: Record<string, unknown> }
/** An answer in the place of the engine's; the connection is reset, or cut within an answer; `undefined` lets it through. */
export type Fault = { status: number; body: string } | 'reset' | 'cut' | undefined

/** A proxy in front of an engine of DynamoDB, which does to a request what it is told. */
export async function startFaultProxy(engine: string, faultOf: (asked: Asked) => Fault) {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await buffer(request)
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const fault = faultOf({ operation, body: JSON.parse(sent.toString()) })
    if (fault === 'reset') request.socket.destroy()
    else if (fault === 'cut') {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' })
      response.write('{"Items":')
      setImmediate(() => request.socket.destroy())
    } else if (fault) {
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' }).end(fault.body)
    } else {
      const { host: _host, 'content-length': _length, ...headers } = request.headers
      const forwarded = Object.entries(headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ])
      const answer = await fetch(engine, { method: 'POST', headers: forwarded, body: sent })
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
      response.end(Buffer.from(await answer.arrayBuffer()))
    }
  }
  const server = createServer((...exchange) => void pass(...exchange)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
