import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { type Version, versionOf, type Write } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { interferedTable } from './interfere.ts'

const engine = await startTestEngine()
const name = await engine.createTable()
let items = 0
const freshKey = () => ({ pk: `C#${++items}`, sk: 'ITEM' })

function canceled(...codes: (string | undefined)[]) {
  const CancellationReasons = codes.map((Code) => (Code === undefined ? {} : { Code }))
  return new TransactionCanceledException({ message: 'canceled', $metadata: {}, CancellationReasons })
}

/** A table whose transactions fail with these errors, one after the other, before they succeed, and their requests. */
function failing(errors: Error[] = [], now?: (asked: number) => Date) {
  const asked: object[] = []
  const table = interferedTable(
    engine.connect(),
    name,
    ({ command, count, input }) => {
      if (command !== 'TransactWriteItemsCommand') return undefined
      asked.push(input)
      const error = errors[count]
      if (error) throw error
      return undefined
    },
    now && (() => now(asked.length)),
  )
  return { table, asked }
}

const plain = failing().table
const mismatch = new IdempotentParameterMismatchException({ message: 'mismatch', $metadata: {} })
const inProgress = new TransactionInProgressException({ message: 'in progress', $metadata: {} })
const put = (key: ReturnType<typeof freshKey>, text: string, expectedVersion: Version = 'absent'): Write => ({
  put: { ...key, text },
  expectedVersion,
})

test('writes all or nothing, and increments the version of each item it writes', async () => {
  const [one, two] = [freshKey(), freshKey()]
  await plain.transact([put(one, 'a'), put(two, 'b')])
  await plain.transact([put(one, 'c', 1), { remove: two, expectedVersion: 1 }])
  expect(await plain.getMany([one, two])).toEqual([{ ...one, text: 'c', version: 2 }, undefined])
  await expect(plain.transact([put(two, 'd'), put(one, 'e', 1)])).rejects.toThrow(DomainError)
  expect(await plain.getMany([one, two])).toEqual([{ ...one, text: 'c', version: 2 }, undefined])
})

const there = { ...freshKey() }
await plain.transact([put(there, 'there')])

test.each([
  ['a new item that is there', { put: there, expectedVersion: 'absent' }],
  ['an item of another version', { put: there, expectedVersion: 2 }],
  ['an item that is gone', { put: freshKey(), expectedVersion: 1 }],
  ['a removal of another version', { remove: there, expectedVersion: 2 }],
  ['a check of another version', { check: there, expectedVersion: 3 }],
  ['a check for the absence of an existing item', { check: there, expectedVersion: 'absent' }],
] satisfies [string, Write][])(
  "%s makes it stale, or fails with the write's own error",
  async (_name, write) => {
    const beside = freshKey()
    await expect(plain.transact([put(beside, 'x'), write])).rejects.toMatchObject({ code: 'stale' })
    const onConflict = new DomainError('conflict', 'taken')
    await expect(plain.transact([put(beside, 'x'), { ...write, onConflict }])).rejects.toBe(onConflict)
    expect(await plain.get(beside)).toBeUndefined()
  },
)

test('an attribute can have the time at which the transaction is sent, and keeps it when that is repeated', async () => {
  const key = freshKey()
  const start = Date.parse('2026-11-28T12:00:00.000Z')
  const errors = [canceled('TransactionConflict'), inProgress]
  const { table, asked } = failing(errors, (count) => new Date(start + 1000 * count))
  await table.transact([{ put: { ...key, text: 'a' }, expectedVersion: 'absent', timedBy: 'sentAt' }])
  const second = '2026-11-28T12:00:01.000000000Z'
  const times = asked.map((input) => JSON.stringify(input).match(/"sentAt":"([^"]*)"/)?.[1])
  expect(times).toEqual(['2026-11-28T12:00:00.000000000Z', second, second])
  expect(await table.get(key)).toMatchObject({ text: 'a', sentAt: second })
})

test('the error is that of the first write that failed', async () => {
  const [first, second] = [new DomainError('conflict', 'first'), new DomainError('quota', 'second')]
  const writes: Write[] = [
    put(freshKey(), 'x'),
    { check: there, expectedVersion: 'absent', onConflict: first },
    { put: { ...freshKey() }, expectedVersion: 7, onConflict: second },
  ]
  await expect(plain.transact(writes)).rejects.toBe(first)
})

test.each([
  ['a conflict', canceled('None', 'TransactionConflict')],
  ['conflicts', canceled('TransactionConflict', 'TransactionConflict')],
  ['throttling', canceled('ThrottlingError', 'None')],
  ['too much for the table', canceled('None', 'ProvisionedThroughputExceeded')],
  ['a reason without a code', canceled(undefined, 'TransactionConflict')],
  ['a token used for another request', mismatch],
])('after %s it is tried again, and written once', async (_name, error) => {
  const { table, asked } = failing([error, error, error])
  const [key, other] = [freshKey(), freshKey()]
  await table.transact([put(key, 'x'), put(other, 'y')])
  expect(asked).toHaveLength(4)
  expect(await table.get(key)).toMatchObject({ text: 'x', version: 1 })
})

test('after a conflict it is another transaction; while its own is in progress it is the same', async () => {
  const { table, asked } = failing([canceled('TransactionConflict'), inProgress, inProgress])
  const key = freshKey()
  await table.transact([put(key, 'x')])
  const tokens: unknown[] = asked.map((input) => Reflect.get(input, 'ClientRequestToken'))
  expect(tokens.map((token) => tokens.indexOf(token))).toEqual([0, 1, 1, 1])
  expect(tokens.every((token) => typeof token === 'string')).toBe(true)
  expect(await table.get(key)).toMatchObject({ text: 'x', version: 1 })
})

const [before, deadline] = [new Date('2026-11-28T11:59:59.999Z'), new Date('2026-11-28T12:00:00Z')]
const until = { at: '2026-11-28T12:00:00.000000000Z', onConflict: new DomainError('conflict', 'too late') }

test.each([
  ['before it is sent', 0, []],
  ['while it waits for a conflict', 1, [canceled('TransactionConflict')]],
])('a deadline that passes %s refuses it', async (_when, sent, errors) => {
  const { table, asked } = failing(errors, (count) => (count < sent ? before : deadline))
  const key = freshKey()
  const late = table.transact([put(key, 'x'), { check: there, expectedVersion: 1, until }])
  await expect(late).rejects.toBe(until.onConflict)
  expect([asked.length, await table.get(key)]).toEqual([sent, undefined])
})

test('a request sent before its deadline is repeated with the same token after it', async () => {
  const { table } = failing([inProgress], (count) => (count === 0 ? before : deadline))
  const key = freshKey()
  await table.transact([put(key, 'x'), { check: there, expectedVersion: 1, until }])
  expect(await table.get(key)).toMatchObject({ text: 'x' })
})

test.each([
  ['conflicts', canceled('TransactionConflict')],
  ['answers that it is in progress', inProgress],
])('after twelve %s it is unavailable for now, without having written', async (_name, error) => {
  const { table, asked } = failing(Array.from({ length: 20 }, () => error))
  const random = vi.spyOn(Math, 'random').mockReturnValue(0)
  onTestFinished(() => random.mockRestore())
  const key = freshKey()
  await expect(table.transact([put(key, 'x')])).rejects.toMatchObject({ code: 'unavailable' })
  expect(asked).toHaveLength(12)
  expect(await table.get(key)).toBeUndefined()
})

test('a transaction whose response is lost is repeated with the same token, and happens once', async () => {
  const client = engine.connect()
  let lost = 0
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next(args)
      if (context.commandName !== 'TransactWriteItemsCommand' || lost++ > 0) return answer
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    },
    { step: 'deserialize', priority: 'high' },
  )
  const table = interferedTable(client, name, () => undefined)
  const key = freshKey()
  await table.transact([put(key, 'x')])
  expect(lost).toBe(2)
  expect(await table.get(key)).toMatchObject({ text: 'x', version: 1 })
})

test('an item collection that is full is over a limit', async () => {
  const { table } = failing([canceled('None', 'ItemCollectionSizeLimitExceeded')])
  await expect(table.transact([put(freshKey(), 'x')])).rejects.toMatchObject({ code: 'quota' })
})

const freshValue = () => ({ attribute: `at${++items}`, value: 'b', below: 'b' })
const conflict = () => new TransactionConflictException({ message: 'conflict', $metadata: {} })

const meeting = (times: number) =>
  interferedTable(engine.connect(), name, ({ command, count }) => {
    if (/^(Put|Update)Item/.test(command) && count < times) throw conflict()
    return undefined
  })

describe('a write of one item that meets a transaction', () => {
  const raise = { attribute: 'read', value: '2026-11-28', ttl: 2_000_000_000 }
  const write: [what: string, write: (table: Table) => Promise<boolean>][] = [
    ['a new one', (table) => table.putNew(freshKey())],
    ['a greater value', (table) => table.setIfGreater(freshKey(), raise)],
    ['a greater value of an existing one', (table) => table.setExistingIfGreater(there, freshValue())],
  ]

  it.each(write)('is tried again: %s', async (_what, send) => {
    expect(await send(meeting(3))).toBe(true)
  })

  it.each(write)('is unavailable for now after twelve: %s', async (_what, send) => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => random.mockRestore())
    await expect(send(meeting(20))).rejects.toMatchObject({ code: 'unavailable' })
  })
})

test('a failed condition counts more than a conflict beside it', async () => {
  const onConflict = new DomainError('conflict', 'taken')
  const { table, asked } = failing([canceled('TransactionConflict', 'ConditionalCheckFailed')])
  const check: Write = { check: freshKey(), expectedVersion: 'absent', onConflict }
  await expect(table.transact([put(freshKey(), 'x'), check])).rejects.toBe(onConflict)
  expect(asked).toHaveLength(1)
})

test.each([
  ['a reason that does not pass', canceled('ValidationError', 'TransactionConflict')],
  ['any other error', new Error('no network')],
])('%s is thrown as it is, at once', async (_name, error) => {
  const { table, asked } = failing([error])
  await expect(table.transact([put(freshKey(), 'x')])).rejects.toBe(error)
  expect(asked).toHaveLength(1)
})

test('a plan that is committed twice is stale', async () => {
  const key = freshKey()
  await plain.transact([put(key, 'x')])
  await plain.transact([put(key, 'y', 1)])
  await expect(plain.transact([put(key, 'y', 1)])).rejects.toMatchObject({ code: 'stale' })
  expect(await plain.get(key)).toMatchObject({ text: 'y', version: 2 })
})

test('twenty concurrent plans on the same item each count exactly once', async () => {
  const key = freshKey()
  await plain.transact([{ put: { ...key, count: 0 }, expectedVersion: 'absent' }])
  async function raise(table: Table): Promise<void> {
    for (;;) {
      const item = await table.get(key)
      try {
        const count = Number(item?.count) + 1
        await table.transact([{ put: { ...key, count }, expectedVersion: versionOf(item) }])
        return
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'stale') throw error
      }
    }
  }
  await Promise.all(Array.from({ length: 20 }, () => raise(plain)))
  expect(await plain.get(key)).toMatchObject({ count: 20, version: 21 })
})

test('of twenty concurrent writes of a new item one succeeds', async () => {
  const key = freshKey()
  const done = await Promise.all(Array.from({ length: 20 }, (_, place) => plain.putNew({ ...key, place })))
  expect(done.filter(Boolean)).toHaveLength(1)
  expect(await plain.get(key)).toMatchObject({ place: done.indexOf(true), version: 1 })
})

test('a new item that cannot be written is no existing item', async () => {
  const table = interferedTable(engine.connect(), name, () => {
    throw new Error('no network')
  })
  await expect(table.putNew(freshKey())).rejects.toThrow('no network')
})
