import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { findSyncRequest, newSyncRequest, updateSyncRequest } from '../../../shared/openstack/sync/store.ts'
import { commit } from '../../../shared/records/commit.ts'
import { isLeasedByOther, leaseFrom } from '../../../shared/runtime/lease.ts'
import type { Key } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { retryPauseWhileUnreachable } from '../run/describe-failure.ts'

const rounds = 8

/**
 * Does what a word is for, one at a time. The word goes when it's done and hasn't been said again meanwhile; if it has, all
 * is done once more.
 */
export async function processSyncRequest(table: Table, key: Key, work: () => Promise<void>): Promise<void> {
  const id = randomUUID()
  for (let round = 1; round <= rounds; round++) {
    const request = await findSyncRequest(table, key)
    const now = instantOf(table.now())
    if (!request || isLeasedByOther(request.run, id, now)) return
    if (request.due > now && request.run?.id !== id) return
    try {
      const run = leaseFrom(id, now)
      await table.transact([updateSyncRequest(key, request, { run, due: run.until })])
      await work()
      await table.transact([{ remove: key, expectedVersion: request.version + 1 }])
      return
    } catch (error) {
      if (isStale(error)) continue
      await releaseLease(table, key, id)
      throw error
    }
  }
  await releaseLease(table, key, id)
}

/**
 * Says a word with an event and does at once what it's for; the word is there for whoever has to end it otherwise. Throws
 * `stale` where it has been said already.
 */
export async function requestAndProcess(
  table: Table,
  key: Key,
  event: AuditEvent,
  work: () => Promise<void>,
): Promise<void> {
  const id = randomUUID()
  const at = instantOf(table.now())
  const run = leaseFrom(id, at)
  await commit(table, { writes: [newSyncRequest(key, { at, due: run.until, run })], event })
  try {
    await work()
    await table.transact([{ remove: key, expectedVersion: 1 }])
  } catch (error) {
    await releaseLease(table, key, id)
    // More has been said of it: whoever is told next goes on.
    if (!isStale(error)) throw error
  }
}

/** It is tried again after a pause, or when it is said again. */
async function releaseLease(table: Table, key: Key, id: string): Promise<void> {
  const request = await findSyncRequest(table, key)
  if (request?.run?.id !== id) return
  const failures = (request.failures ?? 0) + 1
  const due = addMilliseconds(instantOf(table.now()), retryPauseWhileUnreachable(failures - 1))
  const write = updateSyncRequest(key, request, { failures, due, run: undefined })
  await table.transact([write]).catch((error: unknown) => {
    if (!isStale(error)) throw error
  })
}
