import { headLimit } from '../../../shared/http/request/head-limit.ts'
import { type Hostile, longTexts } from './hostile-bodies.ts'

/** What of a request isn't its body. */
export type Head = { path: string; headers: Record<string, string> }

const room = headLimit - 1500
const someTexts = (bytes: number) => longTexts(bytes).filter((_, place) => place % 3 === 0)
const full = (unit: string) => unit.repeat(Math.floor(room / unit.length))
const latin1 = (text: string) => Buffer.from(text).toString('latin1')

/** The head with something long in each of its places, as much as all of it may have. */
export function* hostileHeads({ path, headers }: Head, parameters: string[]): Generator<Hostile<Head>> {
  const header = (name: string, value: string): Head => ({ path, headers: { ...headers, [name]: value } })
  for (const [name, value] of headerValues()) yield [name, header(...value)]
  const join = path.includes('?') ? '&' : '?'
  const query = (text: string): Head => ({ path: `${path}${join}${text}`, headers })
  const different = Array.from({ length: room / 6 }, (_, at) => at.toString(36))
  yield ['different parameters', query(different.join('&'))]
  yield ['one parameter', query(full('a&'))]
  yield ['a long parameter', query(full('a'))]
  for (const name of [...parameters, 'limit', 'cursor'])
    for (const [kind, text] of someTexts(room / 3 - 10))
      yield [`${name} of ${kind}`, query(`${name}=${encodeURIComponent(text)}`)]
  const last = path.split('?')[0]?.split('/').at(-1) ?? ''
  for (const [kind, text] of someTexts(room / 3 - 10))
    yield [`a path of ${kind}`, { path: path.replace(last, encodeURIComponent(text)), headers }]
  yield ['a path of many names', { path: path.replace(last, full('a/')), headers }]
}

function* headerValues(): Generator<Hostile<[name: string, value: string]>> {
  for (const [kind, text] of someTexts(room / 3)) {
    yield [`X-Reason of ${kind}`, ['x-reason', latin1(text)]]
    yield [`X-Reason of ${kind}, encoded`, ['x-reason', encodeURIComponent(text)]]
  }
  yield ['If-Match of many tags', ['if-match', full('"a",').slice(0, -1)]]
  yield ['If-Match of commas', ['if-match', `"a"${full(', ')}x`]]
  yield ['If-Match of blanks', ['if-match', `"a"${full(' ')}x`]]
  yield ['If-None-Match of many tags', ['if-none-match', full('"a",').slice(0, -1)]]
  yield ['If-None-Match of blanks', ['if-none-match', `a${full(' ')}x`]]
  yield ['Idempotency-Key', ['idempotency-key', full('k')]]
  yield ['X-Request-Id', ['x-request-id', full('r')]]
  yield ['Accept', ['accept', full('a/b;q=0.1, ')]]
  yield ['Accept-Encoding', ['accept-encoding', full('gzip;q=0, ')]]
  yield ['Content-Type', ['content-type', `application/json${full(' ;a="b"')}`]]
  yield ['Content-Type of blanks', ['content-type', `application/json${full(' ')}x`]]
  yield ['Cookie', ['cookie', full('a=b; ')]]
}
