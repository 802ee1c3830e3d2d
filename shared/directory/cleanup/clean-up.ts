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
 * Milliseconds after which an index is assumed to list every grant committed before. Only then can it show that none
 * is left.
 */
export const indexLag = 60_000

/**
 * Writes a batch: with the item itself and the audit event they stay below DynamoDB's 100 items, and with the longest
 * reasons the event stays below an item's 400 KB.
 */
const batchSize = 90
const attempts = 25

const actor = { kind: 'system', id: 'cleanup' } as const

/**
 * Removes the grants that the item at this key has orphaned, batch by batch, each in a transaction with an audit
 * event, and finally clears `cleanupSince`. It may stop anywhere, run again or run twice at once: each run continues
 * with what is left. Returns false if it isn't done by `until`, or the index has to be read again.
 */
export async function cleanUp(table: Table, key: Key, until: Instant): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      const item = await table.get(key)
      if (item && (await restoreDeliveries(table, item))) continue
      const plan = item && needsCleanup(item) ? planCleanup(table, key, item, nowOf(table)) : undefined
      if (!item || !plan) return true
      return await removeAll(table, item, plan, until)
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      // A concurrent run may be ahead: after losing one batch, leave it the next ones.
      await setTimeout(Math.random() * Math.min(1_000, 10 * 2 ** attempt))
    }
  }
}

/**
 * Puts deliveries of events after a user's deletion back to waiting, a batch at a time; returns false if there are
 * none.
 */
async function restoreDeliveries(table: Table, item: Item): Promise<boolean> {
  const user = asUser(item)
  const stamps = user?.returning ?? []
  if (stamps.length === 0) return false
  const now = nowOf(table)
  const batch = stamps.slice(0, batchSize / 2)
  const restored = await Promise.all(batch.map((stamp) => restoreDelivery(table, stamp, 'user', now)))
  const rest = stamps.slice(batch.length)
  const left = { ...item, returning: rest.length > 0 ? rest : undefined }
  await table.transact([{ put: left, expectedVersion: item.version }, ...restored.flat()])
  return true
}

const needsCleanup = (item: Item): boolean => typeof item.cleanupSince === 'string'

async function removeAll(table: Table, item: Item, plan: CleanupPlan, until: Instant): Promise<boolean> {
  const willBeDone = !plan.fromIndex || nowOf(table) >= addMilliseconds(String(item.cleanupSince), indexLag)
  let batch: OrphanedGrant[] = []
  for await (const orphan of plan.orphans) {
    if (writesOf([...batch, orphan]).length > batchSize) {
      if (nowOf(table) >= until) return false
      await remove(table, plan, batch, { check: item, expectedVersion: item.version })
      batch = []
    }
    batch.push(orphan)
  }
  const done = { ...item, ...plan.finalChange, cleanupSince: undefined, ...dueCleanup(item, undefined) }
  const expectedVersion = item.version
  if (willBeDone || batch.length > 0) {
    await remove(
      table,
      plan,
      batch,
      willBeDone ? { put: done, expectedVersion } : { check: item, expectedVersion },
    )
  }
  return willBeDone
}

/** One transaction, on the condition that the item that orphaned the grants is unchanged. */
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
  batch.flatMap(({ write, restored = [] }) => [write, ...restored])

function changeOf({ before }: OrphanedGrant) {
  return (before.resource.kind === 'project' ? membershipChange : assignmentChange)({ before })
}

const nowOf = (table: Table) => instantOf(table.now())
