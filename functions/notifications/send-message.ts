import type { OptOutTokens } from '../../shared/auth/opt-out-token.ts'
import { isStale } from '../../shared/domain/values/errors.ts'
import { addMilliseconds, type Instant, instantOf } from '../../shared/domain/values/instant.ts'
import { findMailbox, mailboxWrite } from '../../shared/mail/mailbox-store.ts'
import { mayBeSent, type MessageKind, type Sent, without, withSent } from '../../shared/mail/mailbox.ts'
import { mailboxHash } from '../../shared/mail/set-opt-out.ts'
import { backoffWithJitter } from '../../shared/runtime/backoff.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import type { Log } from '../../shared/runtime/log.ts'
import type { Versioned, Write } from '../../shared/table/item.ts'
import { type Key, keyText } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import { optOutPath } from './footer.ts'
import type { Message, Notifier } from './notifier.ts'

export type NotificationsOptions = {
  table: Table
  notifier: Notifier
  optOut: OptOutTokens
  /** Base URL of the API, without a slash at the end. */
  publicUrl: string
  log: Log
}

/** What is known of anything that is to be told somebody. */
export type Owed = {
  customerId: string
  due?: Instant | undefined
  sentAt?: Instant | undefined
  problem?: string | undefined
  failures?: number | undefined
}

/** Whether it can be sent now, and what; `problem`: never, and why, in words that name nobody. */
export type Prepared<T> =
  | { outcome: 'hopeless'; problem: string }
  | { outcome: 'later'; due: Instant; problem?: string }
  | {
      outcome: 'ready'
      /** As it is by now. */
      pendingCount: Versioned<T>
      kind: MessageKind
      to: string
      render: (unsubscribe: string) => Message
      /** What has to be counted besides. */
      counts?: readonly Write[]
    }

/** What differs between the kinds of messages. */
export type Mailing<T extends Owed> = {
  find: (table: Table) => Promise<Versioned<T> | undefined>
  /** As it becomes, if it still is as it was read. */
  write: (pendingCount: Versioned<T>) => Write
  prepare: (pendingCount: Versioned<T>, now: Instant) => Promise<Prepared<T>>
}

/** `nothing`: it isn't due, somebody else is at it, or it has to wait. */
export type Outcome = 'nothing' | 'sent' | 'failed' | 'given-up'

/** Milliseconds in which nobody else sends it: longer than a function runs. */
const lease = 5 * 60_000
const attempts = 12

/**
 * Sends a message that is due; gives it up where there's nobody to tell anything any more; leaves it for later where the
 * person has got as many as there may be. One transaction leases it and counts it, so that of two at once no two count as
 * one. It's sent once, but for a crash after the message was handed over and before that was written down: then once more, an
 * hour later, since it counts.
 */
export async function sendMessage<T extends Owed>(
  options: NotificationsOptions,
  key: Key,
  mailing: Mailing<T>,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryToSend(options, key, mailing)
    } catch (error) {
      if (!isStale(error) || attempt === attempts) throw error
      await backoffWithJitter(attempt)
    }
  }
}

/** Throws `stale` where anything it depends on has changed since it was read. */
async function tryToSend<T extends Owed>(
  options: NotificationsOptions,
  key: Key,
  mailing: Mailing<T>,
): Promise<Outcome> {
  const { table, optOut, publicUrl } = options
  const now = instantOf(table.now())
  const pendingCount = await mailing.find(table)
  if (!pendingCount?.due || pendingCount.due > now) return 'nothing'
  const prepared = await mailing.prepare(pendingCount, now)
  if (prepared.outcome === 'hopeless') return giveUp(options, mailing, pendingCount, prepared.problem)
  if (prepared.outcome === 'later') return postpone(options, mailing, pendingCount, prepared)
  const hash = mailboxHash(prepared.to)
  const mailbox = await findMailbox(table, hash)
  const sent: Sent = { id: keyText(key), at: now, customerId: pendingCount.customerId, kind: prepared.kind }
  const verdict = mayBeSent(mailbox, sent)
  if (verdict.outcome === 'refused') return giveUp(options, mailing, pendingCount, verdict.problem)
  if (verdict.outcome === 'later')
    return postpone(options, mailing, pendingCount, { ...verdict, problem: enough })
  const leased = { ...prepared.pendingCount, due: addMilliseconds(now, lease) }
  await table.transact([
    mailing.write(leased),
    mailboxWrite(hash, withSent(mailbox, sent), mailbox.version),
    ...(prepared.counts ?? []),
  ])
  const message = prepared.render(`${publicUrl}${optOutPath(optOut.sign(hash))}`)
  return handOver(
    options,
    mailing,
    { ...leased, version: leased.version + 1 },
    { message, hash, id: sent.id },
  )
}

const enough = 'the person has got as many messages as there may be for now; this one comes later'

async function postpone<T extends Owed>(
  { table }: NotificationsOptions,
  mailing: Mailing<T>,
  pendingCount: Versioned<T>,
  { due, problem = pendingCount.problem }: { due: Instant; problem?: string | undefined },
): Promise<Outcome> {
  await table.transact([mailing.write({ ...pendingCount, due, problem })])
  return 'nothing'
}

async function giveUp<T extends Owed>(
  { table, log }: NotificationsOptions,
  mailing: Mailing<T>,
  pendingCount: Versioned<T>,
  problem: string,
): Promise<Outcome> {
  await table.transact([mailing.write({ ...pendingCount, problem, due: undefined })])
  log('info', 'a message was given up', { customerId: pendingCount.customerId, error: problem })
  return 'given-up'
}

type Handed = { message: Message; hash: string; id: string }

async function handOver<T extends Owed>(
  options: NotificationsOptions,
  mailing: Mailing<T>,
  leased: Versioned<T>,
  { message, ...counted }: Handed,
): Promise<Outcome> {
  const { table, notifier, log } = options
  try {
    await notifier(message)
  } catch (error) {
    const failures = (leased.failures ?? 0) + 1
    const problem = 'the message could not be handed over'
    const due = pausedFrom(instantOf(table.now()), failures)
    await writeFailure(table, mailing.write({ ...leased, failures, problem, due }), counted)
    log('warn', problem, { customerId: leased.customerId, attempts: failures, error: errorTrace(error) })
    return 'failed'
  }
  const sentAt = instantOf(table.now())
  await unlessStale(
    table.transact([mailing.write({ ...leased, sentAt, problem: undefined, due: undefined })]),
  )
  return 'sent'
}

/** What nobody took doesn't count. */
async function writeFailure(
  table: Table,
  failure: Write,
  { hash, id }: Omit<Handed, 'message'>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const mailbox = await findMailbox(table, hash)
    try {
      return await table.transact([failure, mailboxWrite(hash, without(mailbox, id), mailbox.version)])
    } catch (error) {
      if (!isStale(error)) throw error
      // Somebody has changed what was leased: it's theirs now, and counts.
      if (attempt === attempts) return
      await backoffWithJitter(attempt)
    }
  }
}

/** Whoever has changed it since it was leased knows better. */
async function unlessStale(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isStale(error)) throw error
  }
}

const firstPause = 60_000
const longestPause = 6 * 3_600_000

/** When to try again after so many failures: twice the pause each time, up to the longest. */
const pausedFrom = (now: Instant, failures: number): Instant =>
  addMilliseconds(now, Math.min(longestPause, firstPause * 2 ** Math.min(failures - 1, 20)))
