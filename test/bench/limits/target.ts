import { documentedRoutes as routes } from '../../../infra/openapi/documented.ts'
import type { Asked } from '../routes/asked.ts'
import { type MeteredApi, placeOf } from '../routes/metered-api.ts'
import type { Head } from './hostile-heads.ts'

/** A route with an ordinary request to it, which changes nothing. */
export type Target = {
  name: string
  method: string
  head: Head
  body: unknown
  /** Of its query. */
  parameters: string[]
  request: (head: Head, body?: string) => Request
  send: (request: Request) => Promise<Response>
  /** Headers to go with the longest body. */
  besides: [name: string, headers: Record<string, string>][]
}

/** What is asked of the API, as a dry run where it would change something. */
export function apiTarget(api: MeteredApi, customerId: string, asked: Asked): Target {
  const route = routes.find(({ id }) => id === asked.route)
  if (!route) throw new Error(`there is no route ${asked.route}`)
  const { method, path } = placeOf(customerId, asked)
  const isDry = route.changes && !path.includes('dryRun=')
  const dry = isDry ? `${path}${path.includes('?') ? '&' : '?'}dryRun=true` : path
  const authorization = JSON.stringify(asked.as)
  const headers = { authorization, 'content-type': 'application/json', ...asked.headers }
  return {
    name: asked.route,
    method,
    head: { path: dry, headers },
    body: asked.body,
    parameters: Object.keys(route.query),
    request: ({ path: at, headers: sent }, body) => {
      const content = body === undefined ? {} : { body: Buffer.from(body) }
      return new Request(`http://localhost${at}`, { method, headers: sent, ...content })
    },
    send: api.send,
    besides: [],
  }
}
