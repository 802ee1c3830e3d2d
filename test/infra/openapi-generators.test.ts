import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OpenApiDocument } from '../../infra/openapi/document.ts'
import { root } from '../support/tally.ts'

type Place = { at: string; schema: Record<string, unknown> }

const document: OpenApiDocument = JSON.parse(readFileSync(join(root, 'functions/api/openapi.json'), 'utf8'))
const schemas = Object.entries(document.components.schemas)
const all = [...placesIn(document, '')]

/** All that is a schema, and where: what has a type, a reference or alternatives. */
function* placesIn(value: unknown, at: string): Generator<Place> {
  if (typeof value !== 'object' || value === null) return
  if (/\/examples?$/.test(at)) return
  const schema: Record<string, unknown> = { ...value }
  if (!/(properties|mapping)$/.test(at)) yield { at, schema }
  for (const [name, part] of Object.entries(value)) yield* placesIn(part, `${at}/${name}`)
}

const at = (places: readonly Place[]) => places.map((place) => place.at)
const having = (keyword: string) => all.filter(({ schema }) => keyword in schema)

test('patterns are such as Go, Python and JavaScript without flags take', () => {
  const patterns = having('pattern').filter(({ schema }) => typeof schema.pattern === 'string')
  expect(patterns.length).toBeGreaterThan(30)
  const special = /\\p\{|\\u|\\[1-9]|\(\?(?!:)/
  expect(at(patterns.filter(({ schema }) => special.test(String(schema.pattern))))).toEqual([])
  // What can't be seen breaks sources into lines, or is no part of any.
  expect(at(patterns.filter(({ schema }) => !/^[ -~]*$/.test(String(schema.pattern))))).toEqual([])
  for (const { schema } of patterns) expect(() => new RegExp(String(schema.pattern))).not.toThrow()
})

test('a time has no pattern, which would be held against what a client has made of it', () => {
  const times = all.filter(({ schema }) => schema.format === 'date-time')
  expect(times.length).toBeGreaterThan(3)
  expect(at(times.filter(({ schema }) => 'pattern' in schema))).toEqual([])
})

test('a time in a query is a text: not every client writes it there as RFC 3339 has it', () => {
  const inQueries = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods).flatMap(({ parameters }) => parameters))
    .filter((parameter) => 'in' in parameter && parameter.in === 'query')
  expect(inQueries.length).toBeGreaterThan(10)
  expect(JSON.stringify(inQueries)).not.toContain('date-time')
})

/** Of openapi-generator (Go, Python), openapi-python-client, and what every language has. */
const reserved =
  /^(Any|Api|ApiClient|ApiKey|ApiResponse|ApiException|ApiError|AuthenticatedClient|BasicAuth|Client|Configuration|Date|Dict|Enum|Error|Event|Exception|File|FileTypes|Function|GenericOpenAPIError|Headers|List|Map|MappedNullable|Model|Module|None|Object|Optional|Record|Request|Response|RestResponse|ServerConfigurations?|ServerVariable|Set|String|Type|Types|Undefined|UnexpectedStatus|Union|Unset)$/i

test('no schema is called like a class of a client', () => {
  const names = schemas.map(([name]) => name)
  expect(names.filter((name) => reserved.test(name))).toEqual([])
  // Go makes an optional one of each, others ignore case in the names of files.
  expect(names.filter((name) => name.startsWith('Nullable'))).toEqual([])
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
})

test('no part without a name is called like a schema once generators have named it', () => {
  const names = new Set(schemas.map(([name]) => name.toLowerCase()))
  const parts = schemas.flatMap(([name, { properties = {} }]) =>
    Object.entries(properties)
      .filter(([, part]) => typeof part === 'object' && (part.properties ?? part.enum) !== undefined)
      .map(([field]) => `${name}${field}`),
  )
  expect(parts.filter((name) => names.has(name.toLowerCase()))).toEqual([])
})

test('what may be one of several types has no default, which Go has no way to write', () => {
  expect(at([...having('anyOf'), ...having('oneOf')].filter(({ schema }) => 'default' in schema))).toEqual([])
})

test('every schema is made use of', () => {
  const text = JSON.stringify(document)
  const unused = schemas.filter(([name]) => !text.includes(`"#/components/schemas/${name}"`))
  expect(unused.map(([name]) => name)).toEqual([])
})

test('alternatives have names, and are told apart by a field of each, or are values', () => {
  const unions = [...having('anyOf'), ...having('oneOf')].filter(({ schema }) => {
    const parts = [schema.anyOf ?? schema.oneOf ?? []].flat() as Record<string, unknown>[]
    return !parts.every(({ type }) => type === 'string' || type === 'integer')
  })
  expect(unions.length).toBeGreaterThan(10)
  const unnamed = unions.filter(({ at: place, schema }) => {
    const parts = [schema.anyOf ?? schema.oneOf ?? []].flat() as Record<string, unknown>[]
    const isNamed = /^\/components\/schemas\/\w+$/.test(place)
    return !isNamed || !parts.every(({ $ref }) => typeof $ref === 'string')
  })
  expect(at(unnamed)).toEqual([])
  expect(at(having('allOf'))).toEqual([])
})

test('what succeeds has one schema, whatever its status: a method of a client has one type', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const several = operations.filter(({ responses }) => {
    const successes = Object.entries(responses).flatMap(([status, answer]) =>
      status.startsWith('2') && 'content' in answer ? [JSON.stringify(answer.content)] : [],
    )
    return new Set(successes).size > 1
  })
  expect(several.map(({ operationId }) => operationId)).toEqual([])
})

test('what is neither JSON nor text is bytes', () => {
  const contents = having('application/x-ndjson').map(({ schema }) => schema['application/x-ndjson'])
  expect(contents).toEqual([{ schema: { type: 'string', format: 'binary' } }])
})

test('an object of which no field is known has some all the same', () => {
  const open = all.filter(({ schema }) => schema.type === 'object' && !schema.properties)
  expect(open.length).toBeGreaterThan(3)
  expect(at(open.filter(({ schema }) => !schema.additionalProperties))).toEqual([])
})

test('values have a type, and a text is one of several, be it the only one', () => {
  expect(at(having('const').filter(({ schema }) => schema.type !== 'boolean'))).toEqual([])
  const values = [...having('const'), ...having('enum')].filter(({ schema }) => schema.type === undefined)
  expect(at(values)).toEqual([])
})

test('a refusal is a problem, but at a decision point, where it is a text', () => {
  const problem = ['application/problem+json', { $ref: '#/components/schemas/Problem' }]
  const text = ['application/json', { type: 'string' }]
  const wrong = Object.entries(document.components.responses).filter(([name, { content = {} }]) => {
    const [[type, media] = []] = Object.entries(content)
    const wanted = name.endsWith('.text') ? text : problem
    return JSON.stringify([type, media?.schema]) !== JSON.stringify(wanted)
  })
  expect(wrong).toEqual([])
})

/** What may be sent: parameters and bodies, with all that they refer to. */
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

test('all that is sent has a limit', () => {
  const sent = sentPlaces()
  expect(sent.length).toBeGreaterThan(500)
  const without = (type: string, ...limits: string[]) =>
    at(
      sent.filter(
        ({ schema }) =>
          schema.type === type &&
          !('enum' in schema || 'const' in schema) &&
          !limits.every((limit) => typeof schema[limit] === 'number'),
      ),
    )
  expect(without('string', 'maxLength')).toEqual([])
  expect(without('array', 'maxItems')).toEqual([])
  expect(without('integer', 'minimum', 'maximum')).toEqual([])
  expect(without('number', 'minimum', 'maximum')).toEqual([])
  expect(without('undefined')).toEqual([])
})

test('of a batch each question is typed, and each answer', () => {
  const { EvaluateManyBody, PartialEvaluation, Decisions } = document.components.schemas
  const { evaluations, subject } = EvaluateManyBody?.properties ?? {}
  expect(evaluations).toMatchObject({
    maxItems: 50,
    items: { $ref: '#/components/schemas/PartialEvaluation' },
  })
  expect(subject).toEqual({ $ref: '#/components/schemas/PartialEntity' })
  expect(Object.keys(PartialEvaluation?.properties ?? {})).toEqual([
    'subject',
    'action',
    'resource',
    'context',
  ])
  expect(Decisions?.properties?.evaluations).toMatchObject({
    items: { $ref: '#/components/schemas/BatchDecision' },
  })
})
