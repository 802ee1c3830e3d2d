import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import * as fc from 'fast-check'
import { ulid } from 'ulid'
import { expect, it } from 'vitest'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { listEvents } from '../../../shared/records/audit-events.ts'
import { type Change, commit } from '../../../shared/records/commit.ts'
import { type Item, versionOf, type Write } from '../../../shared/table/item.ts'
import { documentOptions, openTable, type Table } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { cases } from '../../support/long.ts'
import { Random } from '../../support/random.ts'

const engine = await startTestEngine()
const name = await engine.createTable()
const now = () => new Date()

/** The local engine never raises a conflict; DynamoDB does. Before the write, so nothing of it is done. */
function tableWithConflicts(random: Random, probability: number): Table {
  const client = engine.connect()
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === 'TransactWriteItemsCommand' && random.chance(probability)) throw conflict()
      return next(args)
    },
    { step: 'initialize' },
  )
  return openTable({ documents: DynamoDBDocumentClient.from(client, documentOptions), name, now })
}

function conflict(): TransactionCanceledException {
  const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }]
  return new TransactionCanceledException({ message: 'conflict', $metadata: {}, CancellationReasons })
}

type Counter = Item & { count: number }
let tenants = 0

/** Raises some counters by one, if the checked ones are below the limit; all read, planned and committed together. */
async function raise(table: Table, tenant: string, raised: number[], checked: number[], limit: number) {
  const key = (index: number) => ({ pk: `C#${tenant}`, sk: `COUNTER#${index}` })
  for (;;) {
    const indexes = [...new Set([...raised, ...checked])]
    const items = (await table.getMany(indexes.map(key))) as (Counter | undefined)[]
    const of = (index: number) => items[indexes.indexOf(index)]
    if (checked.some((index) => (of(index)?.count ?? 0) >= limit)) return false
    const writes: Write[] = indexes.map((index) => {
      const expectedVersion = versionOf(of(index))
      const count = (of(index)?.count ?? 0) + 1
      return raised.includes(index)
        ? { put: { ...key(index), count }, expectedVersion }
        : { check: key(index), expectedVersion }
    })
    try {
      await commit(table, { writes, event: event(tenant, raised) })
      return true
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'stale')) throw error
    }
  }
}

function event(customerId: string, raised: number[]): Change['event'] {
  const changes = raised.map((index) => ({ resource: { type: 'server' as const, id: String(index) } }))
  return {
    id: ulid(),
    customerId,
    at: instantOf(now()),
    actor: { kind: 'system', id: 'test' },
    type: 'user.updated',
    changes,
  }
}

const counters = fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 })
const plans = fc.array(fc.record({ raised: counters, checked: counters }), { minLength: 2, maxLength: 16 })

it('commits concurrent Changes as if one after the other, each whole and with one event, whatever conflicts', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.nat(), fc.integer({ min: 1, max: 6 }), async (list, seed, limit) => {
      const tenant = `T${++tenants}`
      const table = tableWithConflicts(new Random(seed), 0.3)
      const done = await Promise.all(
        list.map(({ raised, checked }) => raise(table, tenant, raised, checked, limit)),
      )
      const committed = list.filter((_, index) => done[index])
      expect((await listEvents(table, tenant, { limit: 100 })).items).toHaveLength(committed.length)
      for (const index of [0, 1, 2, 3, 4]) {
        const item = (await table.get({ pk: `C#${tenant}`, sk: `COUNTER#${index}` })) as Counter | undefined
        const expected = committed.filter(({ raised }) => raised.includes(index)).length
        expect(item?.count ?? 0).toBe(expected)
        // Every Change that increments a counter checks it: never above the limit.
        const always = list.every(({ raised, checked }) => !raised.includes(index) || checked.includes(index))
        expect(expected).toBeLessThanOrEqual(always ? limit : list.length)
      }
    }),
    cases(2),
  )
}, 300_000)

it("has no write skew: of two Changes that each check the other's item, one is planned again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const tenant = `T${++tenants}`
      const table = tableWithConflicts(new Random(seed), 0.2)
      const done = await Promise.all([raise(table, tenant, [0], [1], 1), raise(table, tenant, [1], [0], 1)])
      expect(done.filter(Boolean)).toHaveLength(1)
    }),
    cases(2),
  )
}, 300_000)
