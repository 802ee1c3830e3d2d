import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IssuerOptions, Listener } from './options.ts'

/** Loads the issuer at the first request: it is half of the code that the service would load at its start. */
export function lazyIssuer(options: IssuerOptions): Listener {
  let issuer: Promise<Listener> | undefined
  const load = async () => (await import('./issuer.ts')).createIssuer(options)
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const listener = await (issuer ??= load())
      listener(request, response)
    } catch (error) {
      options.log('error', 'issuer cannot start', { error: error instanceof Error ? error.name : 'unknown' })
      response.writeHead(500).end()
    }
  }
  return (request, response) => void answer(request, response)
}
