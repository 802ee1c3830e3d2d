import { setTimeout } from 'node:timers/promises'
import { isStale } from '../../domain/values/errors.ts'
import { addMilliseconds, type Instant, instantOf, stampOf } from '../../domain/values/instant.ts'
import { dueCleanup } from '../../records/cleanup-requests.ts'
import { commit } from '../../records/commit.ts'
import { asUser } from '../../records/users.ts'
import type { Item, Write } from '../../table/item.ts'
import type { Key } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { assignmentChange, membershipChange } from '../change/audit-view.ts'
import { changePlan } from '../change/change-plan.ts'
import { restoreDelivery } from '../grants/restore-claimed.ts'
import { type OrphanedGrant, type CleanupPlan, planCleanup } from './orphaned-grants.ts'

/**
 * Milliseconds after which an index is taken to know a grant that was committed before. Only then it can tell that
 * nothing is left.
 */
export const indexLag = 60_000

/**
 * With the item itself and the audit event below DynamoDB's 100 items, and with the longest reasons the event stays below
 * an item's 400 KB.
 */
const batchSize = 90
const attempts = 25

const actor = { kind: 'system', id: 'cleanup' } as const

/**
 * Removes what the item at this key has left behind, a batch a transaction, each with its own audit event, and then
 * takes down that something is left. What has been removed stays so, wherever it ends; run again, or twice at once, it
 * goes on with what is left. False if it isn't done by `until`, or an index has to be asked again.
 */
export async function cleanUp(table: Table, key: Key, until: Instant): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      const item = await table.get(key)
      if (item && (await returnSaid(table, item))) continue
      const remains = item && leavesSomething(item) ? planCleanup(table, key, item, nowOf(table)) : undefined
      if (!item || !remains) return true
      return await removeAll(table, item, remains, until)
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      // Somebody else may be at it: who has lost a batch leaves the next ones to them.
      await setTimeout(Math.random() * Math.min(1_000, 10 * 2 ** attempt))
    }
  }
}

/** What a user who is gone was told since, a batch at a time; false where there is nothing. */
async function returnSaid(table: Table, item: Item): Promise<boolean> {
  const user = asUser(item)
  const stamps = user?.returning ?? []
  if (stamps.length === 0) return false
  const now = nowOf(table)
  const batch = stamps.slice(0, batchSize / 2)
  const returned = await Promise.all(batch.map((stamp) => restoreDelivery(table, stamp, 'user', now)))
  const rest = stamps.slice(batch.length)
  const left = { ...item, returning: rest.length > 0 ? rest : undefined }
  await table.transact([{ put: left, expectedVersion: item.version }, ...returned.flat()])
  return true
}

/** True while there's something to clean up. */
const leavesSomething = (item: Item): boolean => typeof item.cleanupSince === 'string'

async function removeAll(table: Table, item: Item, remains: CleanupPlan, until: Instant): Promise<boolean> {
  const willBeDone =
    !remains.isProposed || nowOf(table) >= addMilliseconds(String(item.cleanupSince), indexLag)
  let batch: OrphanedGrant[] = []
  for await (const leftover of remains.leftovers) {
    if (writesOf([...batch, leftover]).length > batchSize) {
      if (nowOf(table) >= until) return false
      await remove(table, remains, batch, { check: item, expectedVersion: item.version })
      batch = []
    }
    batch.push(leftover)
  }
  const done = { ...item, ...remains.atLast, cleanupSince: undefined, ...dueCleanup(item, undefined) }
  const expectedVersion = item.version
  if (willBeDone || batch.length > 0) {
    await remove(
      table,
      remains,
      batch,
      willBeDone ? { put: done, expectedVersion } : { check: item, expectedVersion },
    )
  }
  return willBeDone
}

/** One transaction, on the condition that the item that is the cause still is as it was read. */
async function remove(
  table: Table,
  { customerId, reason }: CleanupPlan,
  batch: readonly OrphanedGrant[],
  cause: Write,
): Promise<void> {
  if (batch.length === 0) return table.transact([cause])
  const now = nowOf(table)
  const context = { table, actor, stamp: stampOf(now, actor.id), now, reason }
  const writes = [cause, ...writesOf(batch)]
  const { change } = changePlan(context, {
    customerId,
    eventType: 'grants.removed',
    writes,
    changes: batch.map(changeOf),
    after: undefined,
  })
  return commit(table, change)
}

const writesOf = (batch: readonly OrphanedGrant[]) =>
  batch.flatMap(({ write, returned = [] }) => [write, ...returned])

function changeOf({ before }: OrphanedGrant) {
  return (before.resource.kind === 'project' ? membershipChange : assignmentChange)({ before })
}

const nowOf = (table: Table) => instantOf(table.now())
