import type { DynamoDBRecord } from 'aws-lambda'
import { expect, test } from 'vitest'
import { toRecord } from '../../../../infra/local/change-stream/records.ts'
import { createShard, type ShardOptions } from '../../../../infra/local/change-stream/shard.ts'

const pkOf = (record: DynamoDBRecord) => record.dynamodb?.Keys?.pk?.S ?? ''
const sequenceOf = (record: DynamoDBRecord) => record.dynamodb?.SequenceNumber ?? ''

/** A shard whose handler gets the partition keys of each batch, and returns those that failed. */
function shardOf(handle: (pks: string[]) => Promise<string[]>, options: Partial<ShardOptions> = {}) {
  const logged: unknown[] = []
  const shard = createShard({
    handle: async ({ Records }) => {
      const failed = await handle(Records.map(pkOf))
      const failures = Records.filter((record) => failed.includes(pkOf(record)))
      return { batchItemFailures: failures.map((record) => ({ itemIdentifier: sequenceOf(record) })) }
    },
    log: (level, message, fields) => logged.push([level, message, fields]),
    firstPause: 1,
    ...options,
  })
  let sequence = 0n
  const push = (...pks: string[]) => {
    for (const pk of pks)
      shard.push(toRecord({ eventName: 'MODIFY', keys: { pk, sk: 'A' } }, ++sequence, new Date(0)))
  }
  return { ...shard, push, logged }
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`)

test('records that come meanwhile make the next batch, of at most 100', async () => {
  const batches: number[] = []
  const reached = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const { push, idle } = shardOf(async (pks) => {
    if (batches.push(pks.length) === 1) {
      reached.resolve()
      await release.promise
    }
    return []
  })
  push('first')
  await reached.promise
  push(...numbered(120))
  release.resolve()
  await idle()
  expect(batches).toEqual([1, 100, 20])
})

test('a batch is tried again from its lowest failed record on', async () => {
  const batches: string[][] = []
  const { push, idle, logged } = shardOf(async (pks) => {
    batches.push(pks)
    return batches.length === 1 ? ['d', 'c'] : []
  })
  push('a', 'b', 'c', 'd', 'e')
  await idle()
  expect(batches).toEqual([
    ['a', 'b', 'c', 'd', 'e'],
    ['c', 'd', 'e'],
  ])
  expect(logged).toEqual([])
})

test('an identifier that is none of the batch fails all of it', async () => {
  const batches: string[][] = []
  const { push, idle } = shardOf(async () => [], {
    handle: async ({ Records }) => {
      batches.push(Records.map(pkOf))
      return { batchItemFailures: batches.length === 1 ? [{ itemIdentifier: 'unknown' }] : [] }
    },
  })
  push('a', 'b')
  await idle()
  expect(batches).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
})

test('a record that always fails is skipped after its retries, and later records are processed', async () => {
  const tries = new Map<string, number>()
  const { push, idle, logged } = shardOf(
    async (pks) => {
      for (const pk of pks) tries.set(pk, (tries.get(pk) ?? 0) + 1)
      return ['bad']
    },
    { retries: 3 },
  )
  push('before', 'bad', 'beside')
  await idle()
  push('later')
  await idle()
  expect(Object.fromEntries(tries)).toEqual({ before: 1, bad: 5, beside: 5, later: 1 })
  expect(logged).toEqual([
    [
      'error',
      'records of the stream were dropped after all retries',
      { count: 2, error: 'batchItemFailures' },
    ],
  ])
})

test('a batch whose handler throws is halved down to the culprit, which is skipped', async () => {
  const done: string[] = []
  const { push, idle, logged } = shardOf(async (pks) => {
    if (pks.includes('bad')) throw new RangeError('cannot')
    done.push(...pks)
    return []
  })
  const others = numbered(99)
  push(...others.slice(0, 70), 'bad', ...others.slice(70))
  await idle()
  expect(done).toEqual(others)
  expect(logged).toEqual([
    ['error', 'records of the stream were dropped after all retries', { count: 1, error: 'RangeError' }],
  ])
})

test('stopping drops waiting records, cuts pauses short and waits for the current batch', async () => {
  const reached = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const batches: string[][] = []
  const { push, stop } = shardOf(
    async (pks) => {
      batches.push(pks)
      reached.resolve()
      await release.promise
      return pks
    },
    { firstPause: 60_000 },
  )
  push('a')
  await reached.promise
  push('b')
  const stopped = stop()
  release.resolve()
  await stopped
  push('c')
  expect(batches).toEqual([['a']])
})
