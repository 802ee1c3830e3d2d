import type { Random } from '../../../support/random.ts'
import { authorizationOf, type Caller, pickCaller } from './callers.ts'
import { type Operation, operations, type Parameter, schemaAt } from './document.ts'
import { fitting, type Given } from './fitting.ts'
import type { Header } from './hostile-headers.ts'
import type { Place, Scene } from './scene.ts'
import type { Service } from './service.ts'

/** A request as it is to be sent. */
export type Draft = {
  /** What is wrong with it, if anything. */
  what: string
  operation: string
  by: Caller
  method: string
  /** Path and query, as they go over the wire. */
  target: string
  /** In Latin-1, each as often as it's sent. */
  headers: Header[]
  body?: Buffer
  /** The document says that this is no request. */
  isMisfit?: boolean
}

/** What drafts are made from. */
export type Desk = {
  service: Service
  scene: Scene
  random: Random
  place: Place
  spellings: Generator<readonly [spelling: string, path: string], never>
}
/** A request that fits the document, in parts. */
type Parts = {
  operation: Operation
  by: Caller
  path: string
  query: URLSearchParams
  headers: Header[]
  body: unknown
}

/** Ends a customer or a person; seldom, or there's nobody left to ask. */
const seldom: Record<string, number> = {
  closeCustomer: 0.05,
  suspendCustomer: 0.4,
  forceOwnership: 0.5,
  applyReview: 0.3,
  cancelReview: 0.5,
}

export function pickOperation(random: Random, from = operations): Operation {
  const operation = random.pick(from)
  return random.chance(1 - (seldom[operation.id] ?? 1)) ? pickOperation(random, from) : operation
}

export async function fittingParts(desk: Desk, operation: Operation): Promise<Parts> {
  const { random, place, service } = desk
  const given: Given = desk
  const { parameters, body } = operation
  const by = callerFor(random, operation)
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const field = name === 'id' ? 'delivery' : name
    const schema = parameters.find((each) => each.in === 'path' && each.name === name)?.schema ?? {}
    return encodeURIComponent(String(fitting(given, schema, field)))
  })
  const query = new URLSearchParams(
    parameters
      .filter((each) => each.in === 'query' && (each.required || random.chance(0.25)))
      .filter(({ name }) => name !== 'cursor' || random.chance(0.1))
      .map(({ name, schema }): [string, string] => [name, String(fitting(given, schema, name))]),
  )
  const authorization = await authorizationOf(service, by, place.id)
  const headers: Header[] = [
    ...(authorization === undefined ? [] : [['authorization', authorization] satisfies Header]),
    ...(body === undefined ? [] : [['content-type', 'application/json'] satisfies Header]),
    ...(await fittingHeaders(desk, operation, by, path)),
  ]
  return {
    operation,
    by,
    path,
    query,
    headers,
    body: body === undefined ? undefined : fitting(given, schemaAt(body), ''),
  }
}

function callerFor(random: Random, { id }: Operation): Caller {
  if (id === 'offerOwnership' && random.chance(0.7)) return 'owner'
  return id === 'acceptOwnership' && random.chance(0.7) ? 'admin' : pickCaller(random)
}

async function fittingHeaders(
  { random, service, place }: Desk,
  { id, parameters }: Operation,
  by: Caller,
  path: string,
): Promise<Header[]> {
  const takes = (name: string): Parameter | undefined =>
    parameters.find((each) => each.in === 'header' && each.name === name)
  const headers: Header[] = []
  if (takes('X-Reason') && (by === 'operator' || random.chance(0.1))) headers.push(['x-reason', 'fuzzed'])
  if (takes('Idempotency-Key') && random.chance(0.2)) {
    headers.push(['idempotency-key', `key-${random.below(40)}`])
  }
  const matches = [takes('If-Match'), takes('If-None-Match')].filter((each) => each !== undefined)
  const ifMatch = matches.find(({ required }) => required) ?? matches[random.below(matches.length || 1)]
  if (ifMatch && random.chance(ifMatch.required ? 0.9 : 0.3)) {
    const isOfCustomer = id === 'offerOwnership' || id === 'forceOwnership'
    const etag = await etagAt(service, place, isOfCustomer ? `/v1/customers/${place.id}` : path)
    if (etag !== undefined) headers.push([ifMatch.name.toLowerCase(), random.chance(0.9) ? etag : '"stale"'])
  }
  if (random.chance(0.1)) headers.push(['x-request-id', 'of-the.fuzzer_1'])
  return headers
}

/** Of what is at the path, or of what it's below. */
async function etagAt(service: Service, place: Place, path: string): Promise<string | undefined> {
  const authorization = (await authorizationOf(service, 'operator', place.id)) ?? ''
  for (const at of [path, path.replace(/\/[^/]+$/, '')]) {
    const { headers } = await service.app.request(at, { headers: { authorization } })
    const etag = headers.get('etag')
    if (etag !== null) return etag
  }
  return undefined
}

/** The parts put together, with what is wrong about them. */
export function draftOf(
  { operation, by, path, query, headers, body }: Parts,
  what: string,
  wrong: Partial<Draft> = {},
): Draft {
  const search = query.toString()
  return {
    what,
    operation: operation.id,
    by,
    method: operation.method,
    target: search === '' ? path : `${path}?${search}`,
    headers,
    ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
    ...wrong,
  }
}
