import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OpenApiDocument } from '../../infra/openapi/document.ts'
import { root } from '../support/tally.ts'

type Place = { at: string; schema: Record<string, unknown> }

const document: OpenApiDocument = JSON.parse(readFileSync(join(root, 'functions/api/openapi.json'), 'utf8'))
const schemas = Object.entries(document.components.schemas)
const all = [...placesIn(document, '')]

/** All schemas with their places. */
function* placesIn(value: unknown, at: string): Generator<Place> {
  if (typeof value !== 'object' || value === null) return
  if (/\/examples?$/.test(at)) return
  const schema: Record<string, unknown> = { ...value }
  if (!/(properties|mapping)$/.test(at)) yield { at, schema }
  for (const [name, part] of Object.entries(value)) yield* placesIn(part, `${at}/${name}`)
}

const partsOf = ({ anyOf, oneOf }: Record<string, unknown>) =>
  [anyOf ?? oneOf ?? []].flat() as Record<string, unknown>[]
const at = (places: readonly Place[]) => places.map((place) => place.at)
const having = (keyword: string) => all.filter(({ schema }) => keyword in schema)

test('Go, Python and JavaScript without flags accept the patterns', () => {
  const patterns = having('pattern').filter(({ schema }) => typeof schema.pattern === 'string')
  expect(patterns.length).toBeGreaterThan(30)
  const special = /\\p\{|\\u|\\[1-9]|\(\?(?!:)/
  expect(at(patterns.filter(({ schema }) => special.test(String(schema.pattern))))).toEqual([])
  // Invisible characters break the lines of generated sources.
  expect(at(patterns.filter(({ schema }) => !/^[ -~]*$/.test(String(schema.pattern))))).toEqual([])
  for (const { schema } of patterns) expect(() => new RegExp(String(schema.pattern))).not.toThrow()
})

test('a time has no pattern, which a parsed time would fail', () => {
  const times = all.filter(({ schema }) => schema.format === 'date-time')
  expect(times.length).toBeGreaterThan(3)
  expect(at(times.filter(({ schema }) => 'pattern' in schema))).toEqual([])
})

test('a time in a query is a text: not every client writes it by RFC 3339', () => {
  const inQueries = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods).flatMap(({ parameters }) => parameters))
    .filter((parameter) => 'in' in parameter && parameter.in === 'query')
  expect(inQueries.length).toBeGreaterThan(10)
  expect(JSON.stringify(inQueries)).not.toContain('date-time')
})

/** Names of openapi-generator (Go, Python), of openapi-python-client, and of languages. */
const reserved =
  /^(Any|Api|ApiClient|ApiKey|ApiResponse|ApiException|ApiError|AuthenticatedClient|BasicAuth|Client|Configuration|Date|Dict|Enum|Error|Event|Exception|File|FileTypes|Function|GenericOpenAPIError|Headers|List|Map|MappedNullable|Model|Module|None|Object|Optional|Record|Request|Response|RestResponse|ServerConfigurations?|ServerVariable|Set|String|Type|Types|Undefined|UnexpectedStatus|Union|Unset)$/i

test('no schema has the name of a client class', () => {
  const names = schemas.map(([name]) => name)
  expect(names.filter((name) => reserved.test(name))).toEqual([])
  // Go makes an optional one of each, others ignore case in the names of files.
  expect(names.filter((name) => name.startsWith('Nullable'))).toEqual([])
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
})

test('no generated name of a nested schema is the name of another schema', () => {
  const names = new Set(schemas.map(([name]) => name.toLowerCase()))
  const parts = schemas.flatMap(([name, { properties = {} }]) =>
    Object.entries(properties)
      .filter(([, part]) => typeof part === 'object' && (part.properties ?? part.enum) !== undefined)
      .map(([field]) => `${name}${field}`),
  )
  expect(parts.filter((name) => names.has(name.toLowerCase()))).toEqual([])
})

test('a union has no default, which Go cannot express', () => {
  expect(at([...having('anyOf'), ...having('oneOf')].filter(({ schema }) => 'default' in schema))).toEqual([])
})

test('every schema is used', () => {
  const text = JSON.stringify(document)
  const unused = schemas.filter(([name]) => !text.includes(`"#/components/schemas/${name}"`))
  expect(unused.map(([name]) => name)).toEqual([])
})

test('alternatives are named schemas, or values', () => {
  const unions = [...having('anyOf'), ...having('oneOf')].filter(({ schema }) => {
    return !partsOf(schema).every(({ type }) => type === 'string' || type === 'integer')
  })
  expect(unions.length).toBeGreaterThan(10)
  const unnamed = unions.filter(({ at: place, schema }) => {
    const isNamed = /^\/components\/schemas\/\w+$/.test(place)
    return !isNamed || !partsOf(schema).every(({ $ref }) => typeof $ref === 'string')
  })
  expect(at(unnamed)).toEqual([])
  expect(at(having('allOf'))).toEqual([])
})

test('all successes of an operation have one schema: a client method has one type', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const several = operations.filter(({ responses }) => {
    const successes = Object.entries(responses).flatMap(([status, answer]) =>
      status.startsWith('2') && 'content' in answer ? [JSON.stringify(answer.content)] : [],
    )
    return new Set(successes).size > 1
  })
  expect(several.map(({ operationId }) => operationId)).toEqual([])
})

test('lines of JSON are bytes', () => {
  const contents = having('application/x-ndjson').map(({ schema }) => schema['application/x-ndjson'])
  expect(contents).toEqual([{ schema: { type: 'string', format: 'binary' } }])
})

test('an object without known fields takes any', () => {
  const open = all.filter(({ schema }) => schema.type === 'object' && !schema.properties)
  expect(open.length).toBeGreaterThan(3)
  expect(at(open.filter(({ schema }) => !schema.additionalProperties))).toEqual([])
})

test('enumerated values have a type, and only booleans are constants', () => {
  expect(at(having('const').filter(({ schema }) => schema.type !== 'boolean'))).toEqual([])
  const values = [...having('const'), ...having('enum')].filter(({ schema }) => schema.type === undefined)
  expect(at(values)).toEqual([])
})

test('a refusal is a problem, and a text at a decision point', () => {
  const problem = ['application/problem+json', { $ref: '#/components/schemas/Problem' }]
  const text = ['application/json', { type: 'string' }]
  const wrong = Object.entries(document.components.responses).filter(([name, { content = {} }]) => {
    const [[type, media] = []] = Object.entries(content)
    const wanted = name.endsWith('.text') ? text : problem
    return JSON.stringify([type, media?.schema]) !== JSON.stringify(wanted)
  })
  expect(wrong).toEqual([])
})

/** Schemas of requests: parameters and bodies, with their references. */
function sentPlaces(): Place[] {
  const found = new Map<string, Place>()
  const follow = (place: Place) => {
    if (found.has(place.at)) return
    found.set(place.at, place)
    const { $ref } = place.schema
    if (typeof $ref === 'string')
      all.filter(({ at: other }) => isWithin(other, $ref.slice(1))).forEach(follow)
  }
  all.filter(({ at: place }) => /^\/paths.*\/(parameters|requestBody)\//.test(place)).forEach(follow)
  return [...found.values()]
}
const isWithin = (place: string, whole: string) => place === whole || place.startsWith(`${whole}/`)

test('every value of a request has a limit', () => {
  const sent = sentPlaces()
  expect(sent.length).toBeGreaterThan(500)
  const open = sent.filter(({ schema }) => !('enum' in schema || 'const' in schema))
  const without = (type: string, ...limits: string[]) => {
    const hasLimits = ({ schema }: Place) => limits.every((limit) => typeof schema[limit] === 'number')
    return at(open.filter((place) => place.schema.type === type && !hasLimits(place)))
  }
  expect(without('string', 'maxLength')).toEqual([])
  expect(without('array', 'maxItems')).toEqual([])
  expect(without('integer', 'minimum', 'maximum')).toEqual([])
  expect(without('number', 'minimum', 'maximum')).toEqual([])
  expect(without('undefined')).toEqual([])
})

test('a batch has typed questions and answers', () => {
  const { EvaluateManyBody, PartialEvaluation, Decisions } = document.components.schemas
  const { evaluations, subject } = EvaluateManyBody?.properties ?? {}
  const items = { $ref: '#/components/schemas/PartialEvaluation' }
  expect(evaluations).toMatchObject({ maxItems: 50, items })
  expect(subject).toEqual({ $ref: '#/components/schemas/PartialEntity' })
  const parts = Object.keys(PartialEvaluation?.properties ?? {})
  expect(parts).toEqual(['subject', 'action', 'resource', 'context'])
  expect(Decisions?.properties?.evaluations).toMatchObject({
    items: { $ref: '#/components/schemas/BatchDecision' },
  })
})
