import { documentedRoutes as routes } from '../../../infra/openapi/documented.ts'
import { createOptOutTokens } from '../../../shared/auth/opt-out-token.ts'
import type { Principal } from '../../../shared/auth/tokens.ts'
import { loginHash } from '../../../shared/directory/logins/find-login.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { createUncheckedApi } from '../../functions/api/test-api.ts'
import { openEngine } from '../../support/open-engine.ts'
import { createMeter, type Usage } from '../meter.ts'
import type { Answer, Asked } from './asked.ts'

export const optOut = createOptOutTokens('a secret of the benchmarks')
const publicUrl = 'https://latchkey.test'
const now = () => new Date()
const verifyToken = async (authorization = '') => JSON.parse(authorization) as Principal

/** The API on an engine in memory, without HTTP and tokens, that can tell what its requests cost. */
export async function startMeteredApi() {
  const { client, openTable, end: stop } = await openEngine()
  const table = await openTable(now)
  let login: string | undefined
  const measure = createMeter(client, { aside: (input: BatchGet) => readsOnly(login, input) })
  const lists = { operatorClients: [], checkClients: [], operatorGroups: [] }
  const config = { issuer: publicUrl, audience: publicUrl, now, ...lists }
  const deps = { table, verifyToken, now, log: () => {}, optOut: async () => optOut }
  const app = createUncheckedApi({ url: publicUrl, config }, deps)

  /** Fails unless it succeeds. */
  async function ask(customerId: string, asked: Asked): Promise<Answer> {
    const { route, as, body, headers } = asked
    const { method, path } = placeOf(customerId, asked)
    const content = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await app.request(path, {
      method,
      headers: { authorization: JSON.stringify(as), ...content, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${route} at ${path} was answered ${response.status}: ${text}`)
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { etag: response.headers.get('etag') ?? '', body: isJson ? JSON.parse(text) : {} }
  }

  return {
    table,
    ask,
    /** Whatever becomes of it. */
    send: async (request: Request) => app.request(request),
    async costOf(customerId: string, asked: Asked): Promise<{ usage: Usage; answer: Answer }> {
      let answer: Answer = { etag: '', body: {} }
      login = asked.as.kind === 'login' ? keys.login(loginHash(asked.as), customerId).pk : undefined
      const usage = await measure(async () => (answer = await ask(customerId, asked)))
      return { usage, answer }
    },
    stop,
  }
}

export type MeteredApi = Awaited<ReturnType<typeof startMeteredApi>>

/** Method and path of a request, with its query. */
export function placeOf(customerId: string, { route: asked, at, query }: Asked) {
  const route = routes.find(({ id }) => id === asked)
  if (!route) throw new Error(`there is no route ${asked}`)
  const parameters: Record<string, string> = { c: customerId, ...at }
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name]
    if (value === undefined) throw new Error(`${asked} needs a ${name}`)
    return encodeURIComponent(value)
  })
  return { method: route.method.toUpperCase(), path: query === undefined ? path : `${path}?${query}` }
}

type BatchGet = { RequestItems?: Record<string, { Keys: Key[] }> }

/** A read of nothing but the link of the caller's login: who is asking? */
function readsOnly(login: string | undefined, { RequestItems = {} }: BatchGet): boolean {
  const read = Object.values(RequestItems).flatMap(({ Keys }) => Keys)
  return read.length > 0 && read.every(({ pk }) => pk === login)
}
