import { dateOf, latest } from '../domain/values/instant.ts'
import type { Expected, Item, Version, Versioned, Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Mailbox } from './mailbox.ts'

/** Seconds after the last message in which nothing of it counts any more. */
const kept = 31 * 86_400

/** That its owner wants no messages is kept for good; what was sent goes when it doesn't count any more. */
export function mailboxItem(hash: string, { optedOut, sent }: Mailbox) {
  const last = latest(sent.map(({ at }) => at))
  const ttl = optedOut === undefined && last ? Math.ceil(dateOf(last).getTime() / 1000) + kept : undefined
  return { ...keys.mailbox(hash), optedOut, sent, ttl }
}

export const asMailbox = (item: Item | undefined) => item as Versioned<Mailbox> | undefined

/** By the hash of its address; one that nothing was ever sent to is empty. */
export async function findMailbox(table: Table, hash: string): Promise<Expected<Mailbox>> {
  return asMailbox(await table.get(keys.mailbox(hash))) ?? { sent: [], version: 'absent' }
}

/** As it becomes, if it still is as it was read: of two who count at once, one counts again. */
export const mailboxWrite = (hash: string, mailbox: Mailbox, expectedVersion: Version): Write => ({
  put: mailboxItem(hash, mailbox),
  expectedVersion,
})
