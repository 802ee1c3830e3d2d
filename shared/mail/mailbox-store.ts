import { dateOf, latest } from '../domain/values/instant.ts'
import type { Expected, Item, Version, Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Mailbox } from './mailbox.ts'

/** Seconds after the last message until none counts any more. */
const kept = 31 * 86_400

/** An opt-out is kept for good; sent messages expire once they no longer count. */
function mailboxItem(hash: string, { optedOut, sent }: Mailbox) {
  const last = latest(sent.map(({ at }) => at))
  const ttl = optedOut === undefined && last ? Math.ceil(dateOf(last).getTime() / 1000) + kept : undefined
  return { ...keys.mailbox(hash), optedOut, sent, ttl }
}

const asMailbox = (item: Item | undefined) => item as Versioned<Mailbox> | undefined

/** Finds a mailbox by the hash of its address; empty if nothing was ever sent to it. */
export async function findMailbox(table: Table, hash: string): Promise<Expected<Mailbox>> {
  return asMailbox(await table.get(keys.mailbox(hash))) ?? { sent: [], version: 'absent' }
}

/** Write of the mailbox's next state; stale if a concurrent sender has counted a message since it was read. */
export const mailboxWrite = (hash: string, mailbox: Mailbox, expectedVersion: Version): Write => ({
  put: mailboxItem(hash, mailbox),
  expectedVersion,
})
