import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { findSyncRequest, newSyncRequest, updateSyncRequest } from '../../../shared/openstack/sync/store.ts'
import { commit } from '../../../shared/records/commit.ts'
import { isLeasedByOther, leaseFrom } from '../../../shared/runtime/lease.ts'
import type { Key } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { leaseDuration } from '../run/deps.ts'
import { retryPauseWhileUnreachable } from '../run/retry-pause.ts'

const maxRounds = 8

/**
 * Does a request's work under a lease, then deletes the request. A request that was made again meanwhile has another version:
 * it can't be deleted, and its work is done once more.
 */
export async function processSyncRequest(table: Table, key: Key, work: () => Promise<void>): Promise<void> {
  const id = randomUUID()
  for (let round = 1; round <= maxRounds; round++) {
    const request = await findSyncRequest(table, key)
    const now = instantOf(table.now())
    if (!request || isLeasedByOther(request.lease, id, now)) return
    if (request.due > now && request.lease?.id !== id) return
    try {
      const lease = leaseFrom(id, now, leaseDuration)
      await table.transact([updateSyncRequest(key, request, { lease, due: lease.until })])
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
 * Makes a request together with an event and does its work at once; after a crash another worker finds the request due.
 * Throws `stale` if the request is there already.
 */
export async function requestAndProcess(
  table: Table,
  key: Key,
  event: AuditEvent,
  work: () => Promise<void>,
): Promise<void> {
  const id = randomUUID()
  const at = instantOf(table.now())
  const lease = leaseFrom(id, at, leaseDuration)
  await commit(table, { writes: [newSyncRequest(key, { at, due: lease.until, lease })], event })
  try {
    await work()
    await table.transact([{ remove: key, expectedVersion: 1 }])
  } catch (error) {
    await releaseLease(table, key, id)
    // Another request arrived; its worker continues.
    if (!isStale(error)) throw error
  }
}

/** The request is retried after a pause, or as soon as it is made again. */
async function releaseLease(table: Table, key: Key, id: string): Promise<void> {
  const request = await findSyncRequest(table, key)
  if (request?.lease?.id !== id) return
  const failures = (request.failures ?? 0) + 1
  const due = addMilliseconds(instantOf(table.now()), retryPauseWhileUnreachable(failures - 1))
  const write = updateSyncRequest(key, request, { failures, due, lease: undefined })
  await table.transact([write]).catch((error: unknown) => {
    if (!isStale(error)) throw error
  })
}
