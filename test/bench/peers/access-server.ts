import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

type Handler = (
  event: object,
) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>

const { handler }: { handler: Handler } = await import(pathToFileURL(process.argv[2] ?? '').href)

/** The bundle of a function behind HTTP: a request becomes an event of API Gateway, and nothing else is done. */
const server = createServer((request, response) => {
  void text(request).then(async (body) => {
    const {
      statusCode,
      headers,
      body: answer,
    } = await handler({
      rawPath: request.url,
      rawQueryString: '',
      headers: request.headers,
      body,
      isBase64Encoded: false,
      requestContext: { http: { method: request.method } },
    })
    response.writeHead(statusCode, headers).end(answer)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
