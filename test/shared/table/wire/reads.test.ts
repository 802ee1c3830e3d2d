import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { localAccess } from '../../../../infra/local/connect.ts'
import type { Key } from '../../../../shared/table/keys.ts'
import { asDomainError } from '../../../../shared/table/aws-errors.ts'
import { indexes } from '../../../../shared/table/schema.ts'
import { openTable } from '../../../../shared/table/table.ts'
import { connectReads } from '../../../../shared/table/wire/reads.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { type Asked, type Fault, startFaultProxy } from '../../../support/fault-proxy.ts'

const engine = await startTestEngine()
const name = await engine.createTable()
const table = openTable({ documents: engine.documents, name, now: () => new Date() })
const keyOf = (place: number): Key => ({ pk: 'C#1', sk: `ITEM#${String(place).padStart(3, '0')}` })
const places = Array.from({ length: 250 }, (_, place) => place)
const values = {
  text: 'é"\u0000😀',
  empty: '',
  number: -1.5e-7,
  large: 9_007_199_254_740_991,
  yes: true,
  no: false,
  nothing: null,
  list: ['a', 1, [false], {}],
  map: { 'a.b': { deep: [null] }, '': 'x' },
}
for (const place of places)
  await table.putNew({
    ...keyOf(place),
    place,
    version: 1,
    ...values,
    ...(place < 5 && { grantedOn: 'C#1#project#main', grantedTo: `usr_${place}` }),
  })

let asked: Asked[] = []
let faultOf: (asked: Asked, count: number) => Fault = () => undefined
const proxy = await startFaultProxy(engine.endpoint, (request) => {
  asked.push(request)
  return faultOf(request, asked.length)
})
afterAll(proxy.close)
beforeEach(() => {
  asked = []
  faultOf = () => undefined
})
const reads = connectReads(name, { endpoint: proxy.endpoint, ...localAccess })
const first = () => reads.getMany([keyOf(0)])

describe('the client of decisions reads as the SDK does', () => {
  it('items by key: each once, in the order asked, also more than a hundred', async () => {
    const wanted = [3, 1, 3, 999, 2, ...places].map(keyOf)
    expect(await reads.getMany(wanted)).toEqual(await table.getMany(wanted))
    expect(await reads.getMany([])).toEqual([])
    expect(asked.map(({ operation }) => operation)).toEqual(['BatchGetItem', 'BatchGetItem', 'BatchGetItem'])
  })

  it.each<[string, Parameters<typeof reads.queryPage>[0]]>([
    ['a collection', { partition: 'C#1' }],
    ['nothing', { partition: 'C#2' }],
    ['the beginning of one', { partition: 'C#1', limit: 7 }],
    ['the end of one', { partition: 'C#1', newestFirst: true, limit: 3, eventually: true }],
    ['what begins so', { partition: 'C#1', prefix: 'ITEM#10' }],
    ['a range', { partition: 'C#1', from: 'ITEM#010', upTo: 'ITEM#020' }],
    ['what has an attribute', { partition: 'C#1', only: { attribute: 'text', equals: 'other' } }],
    ['an index', { partition: 'C#1#project#main', index: indexes.grantsByResource }],
  ])('a page of %s, and the next', async (_what, query) => {
    const [mine, theirs] = [await reads.queryPage(query), await table.queryPage(query)]
    expect(mine).toEqual(theirs)
    if (!theirs.next) return
    const after = { ...query, after: theirs.next }
    expect(await reads.queryPage(after)).toEqual(await table.queryPage(after))
  })

  it('strongly, unless told', async () => {
    await first()
    await reads.eventual.getMany([keyOf(0)])
    const told = asked.map(({ body }) =>
      Reflect.get(Reflect.get(body.RequestItems as object, name), 'ConsistentRead'),
    )
    expect(told).toEqual([true, false])
  })

  it('attributes of any name, none of which is taken for a prototype', async () => {
    const odd = '{"M":{"__proto__":{"M":{"polluted":{"BOOL":true}}},"constructor":{"S":"x"}}}'
    const item = `{"pk":{"S":"C#1"},"sk":{"S":"ITEM#000"},"odd":${odd}}`
    faultOf = () => ({ status: 200, body: `{"Responses":{"${name}":[${item}]}}` })
    const [found] = await first()
    expect(Object.keys(found?.odd as object)).toEqual(['__proto__', 'constructor'])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

const answer = (status: number, type: string): Fault => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'secret' }),
})

async function errorOf(reading: Promise<unknown>): Promise<Error> {
  try {
    await reading
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it was read')
}

describe('a read that fails in passing is tried again:', () => {
  it.each<[string, Fault]>([
    ['throttled', answer(400, 'ProvisionedThroughputExceededException')],
    ['asked too often', answer(400, 'ThrottlingException')],
    ['out of order', answer(500, 'InternalServerError')],
    ['without a reason', { status: 503, body: 'no JSON' }],
    ['a success that is none', { status: 200, body: '<html>' }],
    ['reset', 'reset'],
    ['cut within the answer', 'cut'],
  ])('%s', async (_how, fault) => {
    faultOf = (_asked, count) => (count < 4 ? fault : undefined)
    expect((await first())[0]).toMatchObject({ place: 0 })
    expect(asked).toHaveLength(4)
  })

  it.each<[string, Fault, string]>([
    ['throttled', answer(400, 'ThrottlingException'), 'throttled'],
    ['out of order', answer(500, 'InternalServerError'), 'unavailable'],
    ['reset', 'reset', 'unavailable'],
  ])('%s for too long is the error that the caller of the SDK gets', async (_how, fault, code) => {
    faultOf = () => fault
    const error = await errorOf(first())
    expect(asDomainError(error)).toMatchObject({ code })
    expect(error.message).not.toContain('secret')
    expect(asked.length).toBeLessThanOrEqual(6)
  })

  it('but no other', async () => {
    faultOf = () => answer(400, 'ValidationException')
    await expect(first()).rejects.toMatchObject({ name: 'ValidationException' })
    faultOf = () => answer(400, 'AccessDeniedException')
    await expect(first()).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect(asked).toHaveLength(2)
  })

  it('that hangs has a limit each time, and one in all', async () => {
    const silent = connectReads(name, { endpoint: await silentEndpoint(), ...localAccess })
    const start = performance.now()
    const error = await errorOf(silent.getMany([keyOf(0)]))
    expect(asDomainError(error)).toMatchObject({ code: 'unavailable' })
    expect(performance.now() - start).toBeLessThan(6_000)
  }, 20_000)
})

const leaving = (left: number) => (request: Asked) => {
  const { Keys } = Reflect.get(request.body.RequestItems as object, name) as { Keys: object[] }
  const processed = Keys.slice(0, Keys.length - left)
  const Responses = { [name]: processed.map((key) => ({ ...key, version: { N: '1' } })) }
  const UnprocessedKeys = left === 0 ? {} : { [name]: { Keys: Keys.slice(Keys.length - left) } }
  return { status: 200, body: JSON.stringify({ Responses, UnprocessedKeys }) }
}

describe('keys that DynamoDB leaves unprocessed', () => {
  it('are asked for again', async () => {
    faultOf = (request, count) => (count < 3 ? leaving(5 - count * 2)(request) : undefined)
    const items = await reads.getMany([0, 1, 2, 3, 4].map(keyOf))
    expect(items.map((item) => item?.sk)).toEqual([0, 1, 2, 3, 4].map((place) => keyOf(place).sk))
    expect(asked).toHaveLength(3)
  })

  it('for good make it unavailable', async () => {
    faultOf = leaving(1)
    await expect(first()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

/** Takes connections and says nothing. */
async function silentEndpoint(): Promise<string> {
  const { createServer } = await import('node:net')
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  afterAll(() => void server.close())
  await new Promise((resolve) => {
    server.once('listening', resolve)
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}
