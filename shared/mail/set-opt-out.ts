import { hash as digest } from 'node:crypto'
import { type Context, type ChangePlan, unchanged } from '../directory/change/change-plan.ts'
import { isStale } from '../domain/values/errors.ts'
import type { Instant } from '../domain/values/instant.ts'
import { backoffWithJitter } from '../runtime/backoff.ts'
import type { Expected } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { findMailbox, mailboxWrite } from './mailbox-store.ts'
import { type Mailbox, mailboxOf, type MailPreference } from './mailbox.ts'

/** The mailbox of a verified address. */
export type OwnMailbox = { email: string; mailbox: Expected<Mailbox> }

export async function findOwnMailbox(table: Table, email: string): Promise<OwnMailbox> {
  return { email, mailbox: await findMailbox(table, mailboxHash(email)) }
}

/** Plans an opt-out, or its end. No audit event: a mailbox belongs to no customer's directory. */
export function setOptOut(
  { now }: Context,
  { email, mailbox }: OwnMailbox,
  { optedOut }: Pick<MailPreference, 'optedOut'>,
): ChangePlan<OwnMailbox> {
  const { version, ...before } = mailbox
  const hash = mailboxHash(email)
  if (optedOut === (before.optedOut !== undefined)) {
    return unchanged({ email, mailbox }, [{ key: keys.mailbox(hash), expectedVersion: version }])
  }
  const after = { ...before, optedOut: optedOut ? now : undefined }
  const write = mailboxWrite(hash, after, version)
  return { outcome: 'applied', change: { writes: [write] }, after: { email, mailbox: { ...after, version } } }
}

/** Opts out by a message's link, which holds the mailbox's hash. Idempotent. */
export async function optOutByLink(table: Table, hash: string, now: Instant): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { version, ...mailbox } = await findMailbox(table, hash)
    if (mailbox.optedOut !== undefined) return
    try {
      return await table.transact([mailboxWrite(hash, { ...mailbox, optedOut: now }, version)])
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      await backoffWithJitter(attempt)
    }
  }
}

const attempts = 12

/** Key of a mailbox, the same for all spellings of its address: SHA-256, in base64url. */
export const mailboxHash = (email: string): string => digest('sha256', mailboxOf(email), 'base64url')
