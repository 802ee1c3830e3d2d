import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IssuerOptions, Listener } from './options.ts'

/** The issuer, loaded at the first request for it: that is half of what the service would otherwise load to start. */
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
