import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { findWord, newSpread, rewordSpread } from '../../../shared/openstack/sync/store.ts'
import { commit } from '../../../shared/records/commit.ts'
import type { Key } from '../../../shared/table/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { pauseUntilReached } from '../run/describe-failure.ts'
import { holdFrom, isHeldByOther } from '../run/lease.ts'

const rounds = 8

/**
 * Does what a word is for, one at a time. The word goes when it's done and hasn't been said again meanwhile; if it has, all
 * is done once more.
 */
export async function workOffWord(table: Table, key: Key, work: () => Promise<void>): Promise<void> {
  const id = randomUUID()
  for (let round = 1; round <= rounds; round++) {
    const word = await findWord(table, key)
    const now = instantOf(table.now())
    if (!word || isHeldByOther(word.run, id, now)) return
    if (word.due > now && word.run?.id !== id) return
    try {
      const run = holdFrom(id, now)
      await table.transact([rewordSpread(key, word, { run, due: run.until })])
      await work()
      await table.transact([{ remove: key, was: word.version + 1 }])
      return
    } catch (error) {
      if (isStale(error)) continue
      await letGo(table, key, id)
      throw error
    }
  }
  await letGo(table, key, id)
}

/**
 * Says a word with an event and does at once what it's for; the word is there for whoever has to end it otherwise. Throws
 * `stale` where it has been said already.
 */
export async function sayAndWorkOff(
  table: Table,
  key: Key,
  event: AuditEvent,
  work: () => Promise<void>,
): Promise<void> {
  const id = randomUUID()
  const at = instantOf(table.now())
  const run = holdFrom(id, at)
  await commit(table, { writes: [newSpread(key, { at, due: run.until, run })], event })
  try {
    await work()
    await table.transact([{ remove: key, was: 1 }])
  } catch (error) {
    await letGo(table, key, id)
    // More has been said of it: whoever is told next goes on.
    if (!isStale(error)) throw error
  }
}

/** It is tried again after a pause, or when it is said again. */
async function letGo(table: Table, key: Key, id: string): Promise<void> {
  const word = await findWord(table, key)
  if (word?.run?.id !== id) return
  const failures = (word.failures ?? 0) + 1
  const due = addMilliseconds(instantOf(table.now()), pauseUntilReached(failures - 1))
  const write = rewordSpread(key, word, { failures, due, run: undefined })
  await table.transact([write]).catch((error: unknown) => {
    if (!isStale(error)) throw error
  })
}
