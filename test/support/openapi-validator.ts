import type { Answer, Media } from '../../infra/openapi/answer.ts'
import type { OpenApiDocument } from '../../infra/openapi/document.ts'
import type { Header } from '../../infra/openapi/headers.ts'
import { headLimit } from '../../shared/http/request/head-limit.ts'
import { createRouter, pathOf, type Place, type Reference } from './openapi-places.ts'
import { createSchemas, type Misfits, pointerTo } from './openapi-schemas.ts'

/** A request and its answer; the path or URL as it was asked for, with its query. */
export type Exchange = { method: string; path: string; status: number; headers: Headers; text: string }

/** Tells what of an answer isn't in the document, a line each. */
export type ResponseValidator = (exchange: Exchange) => string[]

export function createResponseValidator(document: OpenApiDocument): ResponseValidator {
  const misfits = createSchemas(document)
  const route = createRouter(document)
  return (exchange) => {
    const { method, status } = exchange
    const path = pathOf(exchange.path)
    const place = route(method, path)
    const violations = [
      ...(place ? againstPlace({ document, misfits, place, exchange }) : againstNoPlace(misfits, exchange)),
      ...againstCommon(exchange),
    ]
    const where = `${method.toUpperCase()} ${place?.path ?? path} → ${status}`
    return violations.map((violation) => `${where}: ${violation}`)
  }
}

type Case = { document: OpenApiDocument; misfits: Misfits; place: Place; exchange: Exchange }
type Documented = { answer: Answer; pointer: string }

function againstPlace(it: Case): string[] {
  const { place, exchange } = it
  const { status } = exchange
  const answer = place.operation.responses[status]
  if (!answer) return ['the status is not documented']
  if (isDryRun(exchange) && status > 200 && status < 300) return ['a dry run is answered with 200']
  const documented = resolve(it.document, answer, `${place.pointer}${pointerTo('responses', `${status}`)}`)
  return [...headersAgainst(it, documented), ...bodyAgainst(it, documented)]
}

/** What isn't documented isn't there, or not by this method; who has no token needn't know. */
function againstNoPlace(misfits: Misfits, exchange: Exchange): string[] {
  const { method, path, status, headers, text } = exchange
  const takes = headers.get('allow') !== null
  if (status === 204 && method.toUpperCase() === 'OPTIONS')
    return takes && text === '' ? [] : ['it tells nothing']
  // A head that is too long is refused before its path is looked at.
  const isTooLong = status === 400 && path.length > headLimit / 2
  if (status !== 404 && status !== 401 && status !== 405 && !isTooLong) return ['the route is not documented']
  if ((status === 405) !== takes) return ['it does not tell what the path takes']
  if (isHead(method)) return []
  if (/\/access\/v1(\/|$)/.test(pathOf(path)))
    return typeof parsed(text) === 'string' ? [] : ['it is no text']
  if (mediaType(headers) !== 'application/problem+json') return ['it is no problem']
  return misfits('/components/schemas/Problem', parsed(text))
}

/** What every answer has, whatever it is. */
function againstCommon({ headers }: Exchange): string[] {
  const missing = everywhere.filter((name) => !headers.has(name))
  return missing.map((name) => `the header ${name} is missing`)
}

function resolve(document: OpenApiDocument, answer: Answer | Reference, pointer: string): Documented {
  if (!('$ref' in answer)) return { answer, pointer }
  const name = nameIn(answer)
  const shared = document.components.responses[name]
  if (!shared) throw new Error(`there is no ${answer.$ref}`)
  return { answer: shared, pointer: pointerTo('components', 'responses', name) }
}

const everywhere = [
  'cache-control',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-request-id',
]
/** Of HTTP itself, or told once of all. */
const alwaysFine = new Set([
  ...everywhere,
  'content-type',
  'content-length',
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'vary',
])

const isAlwaysFine = (name: string) => alwaysFine.has(name) || name.startsWith('access-control-')

function headersAgainst({ document, misfits, exchange }: Case, { answer }: Documented): string[] {
  const known = Object.keys(answer.headers)
  const unknown = [...exchange.headers.keys()].filter(
    (name) => !isAlwaysFine(name) && !known.some((each) => each.toLowerCase() === name),
  )
  const wrong = Object.entries(answer.headers).flatMap(([name, header]) => {
    const value = exchange.headers.get(name)
    if (value === null)
      return isRequired(document, name, header, exchange) ? [`the header ${name} is missing`] : []
    const found = misfits(`${header.$ref.slice(1)}/schema`, value)
    return found.map((misfit) => `the header ${name}: ${misfit}`)
  })
  return [...unknown.map((name) => `the header ${name} is not documented`), ...wrong]
}

function isRequired(document: OpenApiDocument, name: string, header: Reference, exchange: Exchange): boolean {
  const headers: Record<string, Header> = document.components.headers
  if (name === 'WWW-Authenticate') return exchange.status === 401
  return headers[nameIn(header)]?.required === true || (name === 'ETag' && !isDryRun(exchange))
}

function bodyAgainst(it: Case, documented: Documented): string[] {
  const { method, headers, text } = it.exchange
  const type = mediaType(headers)
  const { content } = documented.answer
  if (isHead(method) || !content) return text === '' ? [] : ['there is a body']
  const media = content[type]
  if (!media) return [`the content type ${type || '(none)'} is not documented`]
  if (!/[/+]json$/.test(type)) return []
  const value = parsed(text)
  if (value === undefined) return ['the body is not JSON']
  const at = branchOf(it, media) ?? `${documented.pointer}${pointerTo('content', type, 'schema')}`
  return [...it.misfits(at, value), ...codeAgainst(media, it.exchange.status, value)]
}

/** A dry run and what it stands for may have the same status; never the same body. */
function branchOf({ document, exchange }: Case, { schema }: Media): string | undefined {
  const union = schema.$ref?.endsWith('OrChanges') ? document.components.schemas[nameIn(schema)] : undefined
  const branch = union?.anyOf?.[isDryRun(exchange) ? 1 : 0]
  return typeof branch === 'object' ? branch.$ref?.slice(1) : undefined
}

/** Which problems there may be is told by the examples: they all have one schema. */
function codeAgainst({ examples }: Media, answered: number, value: unknown): string[] {
  if (!examples) return []
  const { code, status } = Object(value)
  return [
    ...(Object.hasOwn(examples, code) ? [] : [`the problem ${code} is not documented`]),
    ...(status === answered ? [] : [`the problem's status is ${status}`]),
  ]
}

const nameIn = ({ $ref = '' }: { $ref?: string | undefined }) => $ref.split('/').at(-1) ?? ''
const isHead = (method: string) => method.toUpperCase() === 'HEAD'
const isDryRun = ({ path }: Exchange) => new URL(path, 'http://any').searchParams.get('dryRun') === 'true'
const mediaType = (headers: Headers) => headers.get('content-type')?.split(';', 1)[0]?.trim() ?? ''

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
