import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { documentedRoutes as routes } from '../../infra/openapi/documented.ts'
import { createDocument } from '../../infra/openapi/document.ts'
import { schemaOf } from '../../infra/openapi/json-schema.ts'
import { problemKinds } from '../../shared/http/response/problem.ts'
import { createSchemas, pointerTo } from '../support/openapi-schemas.ts'
import { root } from '../support/tally.ts'

const document = createDocument(routes)
const { components } = document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method} ${path}`,
    path,
    method,
    operation,
  })),
)
const misfits = createSchemas(document)
const validated = (value: object) => new Validator().validate(structuredClone({ ...value }))

test('the document is OpenAPI 3.1, and the validator would notice if it were not', async () => {
  expect(await validated(document)).toEqual({ valid: true })
  expect(await validated({ ...document, info: {} })).toMatchObject({ valid: false })
  const dangling = { ...document, components: { ...components, responses: {} } }
  expect(await validated(dangling)).toMatchObject({ valid: false })
})

test('the served file is made from the routes', () => {
  const written: unknown = JSON.parse(readFileSync(join(root, 'functions/api/openapi.json'), 'utf8'))
  expect(written).toEqual(JSON.parse(JSON.stringify(document)))
})

test('every route and the webhook are in it once, with an id each', () => {
  expect(operations.map(({ name }) => name).toSorted()).toEqual(
    [...routes.map(({ method, path }) => `${method} ${path}`), 'post /webhooks/{source}'].toSorted(),
  )
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
})

test('a repeated route is refused', () => {
  expect(() => createDocument([...routes, ...routes.slice(0, 1)])).toThrow('is there twice')
})

test.each(operations)('$name has its path parameters, group, right and refusals', (it) => {
  const { parameters, tags, description, responses } = it.operation
  const told = parameters.flatMap((each) => ('in' in each && each.in === 'path' ? [each.name] : []))
  expect(told).toEqual([...it.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
  expect(document.tags.map(({ name }) => name)).toContain(tags[0])
  expect(description).toMatch(/\.$/)
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['429', '500', '503']))
})

test('every problem has an example that fits, and is an answer of some operation', () => {
  const codes = Object.keys(problemKinds)
  expect(Object.keys(components.examples).toSorted()).toEqual(codes.toSorted())
  for (const code of codes) {
    const example = components.examples[code]?.value
    expect(misfits('/components/schemas/Problem', example)).toEqual([])
    expect(example).toMatchObject({ code, ...problemKinds[code as keyof typeof problemKinds] })
  }
  const answered = Object.keys(components.responses).flatMap((name) => name.split('.'))
  // A method that no operation has.
  expect(codes.filter((code) => !answered.includes(code))).toEqual(['method-not-allowed'])
})

const refusals = Object.keys(components.responses).filter((name) => !name.endsWith('.text'))

test.each(refusals)('the refusal %s shows an example of each of its problems, all of one status', (name) => {
  const codes = name.split('.')
  const media = components.responses[name]?.content?.['application/problem+json']
  expect(media?.schema).toEqual({ $ref: '#/components/schemas/Problem' })
  expect(Object.keys(media?.examples ?? {})).toEqual(codes)
  const statuses = codes.map((code) => problemKinds[code as keyof typeof problemKinds].status)
  expect(new Set(statuses).size).toBe(1)
})

test.each(Object.keys(components.schemas))('%s is described, and a validator can use it', (name) => {
  expect(components.schemas[name]?.description).toMatch(/[.)]$/)
  expect(() => misfits(pointerTo('components', 'schemas', name), {})).not.toThrow()
})

test.each(operations)('a validator can use the parameters of $name', ({ path, method, operation }) => {
  operation.parameters.forEach((parameter, place) => {
    if ('$ref' in parameter) return
    const at = pointerTo('paths', path, method, 'parameters', `${place}`, 'schema')
    expect(() => misfits(at, '')).not.toThrow()
  })
})

describe('the document and the validation of the service agree on a body', () => {
  const base = { email: 'ada@example.com', name: 'Ada', type: 'customer-tech' }
  const create = routes.find(({ id }) => id === 'createUser')
  const schema = create?.body ?? v.never()

  test.each([
    [base, true],
    [{ ...base, main: true }, true],
    [{ ...base, main: null }, false],
    [{ ...base, main: 'true' }, false],
    [{ ...base, colour: 'red' }, false],
    [{ name: 'Ada', type: 'customer-tech' }, false],
    [{ ...base, name: '𝔸'.repeat(200) }, true],
    [{ ...base, name: '𝔸'.repeat(201) }, false],
    [{ ...base, name: '' }, false],
    [{ ...base, name: '  ' }, false],
    [{ ...base, name: 'A\u0000da' }, false],
    [{ ...base, name: 'A\u009fda' }, false],
    [{ ...base, type: 'main-customer' }, false],
    [{ ...base, email: 'ada@münchen.example' }, true],
    [{ ...base, email: 'ada' }, false],
  ])('%j: %s', (body, fits) => {
    expect(v.safeParse(schema, body).success).toBe(fits)
    expect(misfits('/components/schemas/CreateUserBody', body).length === 0).toBe(fits)
  })
})

describe('a rule that JSON Schema cannot express', () => {
  test('is described in words', () => {
    const odd = v.pipe(
      v.string(),
      v.check((text: string) => text.length % 2 === 1, 'must have an odd length'),
    )
    expect(schemaOf(odd)).toEqual({ type: 'string', description: 'It must have an odd length.' })
    const named = v.pipe(
      v.string(),
      v.description('A text.'),
      v.check((text) => text !== 'x', 'must be fine'),
    )
    expect(schemaOf(named)).toMatchObject({ description: 'A text. It must be fine.' })
  })

  test('is an error without words', () => {
    const mute = v.pipe(
      v.string(),
      v.check((text) => text !== 'x'),
    )
    expect(() => schemaOf(mute)).toThrow('without words')
    const read = v.pipe(
      v.string(),
      v.rawTransform(({ dataset }) => dataset.value),
    )
    expect(() => schemaOf(read)).toThrow('cannot be told')
    expect(() => schemaOf(v.bigint())).toThrow('bigint')
  })
})
