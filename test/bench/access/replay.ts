import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** Answers as DynamoDB did the first time: nobody waits for an engine, and the machine's other core has little to do. */
export async function startReplay(engine: string) {
  const recorded = new Map<string, Buffer>()
  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request)
    const text = `${String(request.headers['x-amz-target'])} ${body.toString()}`
    const answer = recorded.get(text) ?? (await ask(engine, request.headers, body))
    recorded.set(text, answer)
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': answer.length })
    response.end(answer)
  }
  const server = createServer((...exchange) => void reply(...exchange)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function ask(engine: string, sent: IncomingHttpHeaders, body: Buffer): Promise<Buffer> {
  const { host: _host, connection: _connection, 'content-length': _length, ...others } = sent
  const headers = Object.entries(others).map(([name, value]): [string, string] => [name, String(value)])
  const answer = await fetch(engine, { method: 'POST', headers, body: new Uint8Array(body) })
  if (answer.status !== 200) throw new Error(`the engine answers ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}
