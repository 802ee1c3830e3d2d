import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { openReview } from '../../../functions/reviews/lifecycle/advance-review.ts'
import { handleAuditEvents } from '../../../functions/reviews/worker.ts'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import { levels } from '../../../shared/domain/entities/role.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { documentOptions, openTable, type Table } from '../../../shared/table/table.ts'
import { recordUsage } from '../../../shared/usage/usage-store.ts'
import { startOne } from '../../bench/reviews/at-hand.ts'
import { createMeters, sum } from '../../bench/reviews/kinds.ts'
import { itemsOf, unitsOfCollections, write } from '../../bench/reviews/population.ts'
import { sizesOf } from '../../bench/reviews/sizes.ts'
import { startTestEngine } from '../../support/engine.ts'

const engine = await startTestEngine()
const customerId = 'BGE000081'
const perUser = 10
const now = () => new Date('2026-11-27T09:00:00Z')

/** Users with ten grants each, all used at every level and reviewed before; names as long as people make them. */
async function populate(users: number) {
  const client = engine.connect()
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const table = openTable({ documents, name: await engine.createTable(), now })
  const each = { least: perUser, most: perUser }
  const grants = users * perUser
  const population = { customerId, grants, projects: perUser - 1, servers: 6, perUser: each, nameLength: 60 }
  const { items, grants: stored } = itemsOf(population, now())
  await write(table, items)
  await recordPast(table, stored)
  const deps = { table, log: () => undefined, until: '9999-12-31T00:00:00.000000000Z' }
  const events = () => table.count({ partition: keys.event(customerId, '').pk }, 1)
  return { deps, table, events, meters: createMeters(client), bound: unitsOfCollections(items) }
}

async function recordPast(table: Table, grants: readonly StoredGrant[]): Promise<void> {
  const days = { read: '2026-11-20', operate: '2026-03-01', manage: '2026-02-01' }
  for (const level of levels) {
    const uses = grants.map((grant) => ({ ...grant, level }))
    await recordUsage(table, uses, days[level])
  }
  const set = { reviewedAt: '2026-08-27T09:00:00.000000000Z', reviewedIn: '01K3NAF4G0GB0Y7M6S3W9V5T2X' }
  for (const {
    userId,
    resource: { kind, id },
  } of grants)
    await table.transact([{ update: keys.usage(customerId, userId, kind, id), with: { set } }])
}

test.each([10, 30])('%i users: a write for each item, a read for each user, one event', async (users) => {
  const { deps, table, events, meters, bound } = await populate(users)
  const eventKeys: Key[] = Array.from({ length: 20 }, (_, place) => keys.event(customerId, `event-${place}`))
  const idle = await meters(() => handleAuditEvents(deps, customerId, eventKeys))
  // Without a review under way a Change is one read.
  expect([sum(idle, 'requests'), sum(idle, 'readUnits')]).toEqual([1, 1])

  const reviewContext = await startOne(deps, customerId)
  const before = await events()
  const usage = await meters(() => openReview(deps, reviewContext))
  expect(bound.users).toBe(users)
  expect(usage.items).toMatchObject({ requests: users * perUser, writeUnits: users * perUser })
  expect(usage.collections).toMatchObject({ requests: users, readUnits: bound.units })
  expect(usage.uses.requests).toBe(users)
  // Users, projects, servers and recent events; then the checkpoint, and the review's next state.
  expect(usage.lists.requests).toBe(4)
  expect(usage.rest).toMatchObject({ requests: 2, transactions: 1 })
  expect((await events()).count).toBe(before.count + 1)
  // With names of sixty characters and every service held, used and advised.
  expect((await sizesOf(table, reviewContext.review)).largest).toBeLessThanOrEqual(1024)
})
