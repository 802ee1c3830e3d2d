import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

type Handler = (
  event: object,
) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>

const { handler }: { handler: Handler } = await import(pathToFileURL(process.argv[2] ?? '').href)

/** The bundle of a function behind HTTP: a request becomes an event of API Gateway, and nothing else is done. */
const server = createServer((request, response) => void answer(request, response))

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url, method, headers: given } = request
  const event = { rawPath: url, rawQueryString: '', headers: given, body: await text(request) }
  const requestContext = { http: { method } }
  const { statusCode, headers, body } = await handler({ ...event, isBase64Encoded: false, requestContext })
  response.writeHead(statusCode, headers).end(body)
}

server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
