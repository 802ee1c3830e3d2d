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

/** State that all kinds of messages have before they are sent. */
type Pending = {
  customerId: string
  due?: Instant | undefined
  sentAt?: Instant | undefined
  problem?: string | undefined
  failures?: number | undefined
}

/** Result of preparing a message; `problem` says why it isn't sent, without naming anybody. */
export type Prepared<T> =
  | { outcome: 'undeliverable'; problem: string }
  | { outcome: 'later'; due: Instant; problem?: string }
  | {
      outcome: 'ready'
      /** The message's state, with up-to-date facts. */
      pending: Versioned<T>
      kind: MessageKind
      to: string
      render: (unsubscribe: string) => Message
      /** Further counters to write. */
      counts?: readonly Write[]
    }

/** The parts that differ between kinds of messages. */
export type Mailing<T extends Pending> = {
  find: (table: Table) => Promise<Versioned<T> | undefined>
  /** Write of the next state, if nobody has changed it since it was read. */
  write: (pending: Versioned<T>) => Write
  prepare: (pending: Versioned<T>, now: Instant) => Promise<Prepared<T>>
}

export const undeliverable = (problem: string) => ({ outcome: 'undeliverable', problem }) as const

/** `nothing`: it isn't due, is leased by another run, or has to wait. */
export type Outcome = 'nothing' | 'sent' | 'failed' | 'abandoned'

/** Milliseconds for which a message is leased: longer than a function runs. */
const lease = 5 * 60_000
const attempts = 12

/**
 * Sends a message that is due; abandons one that is undeliverable; postpones one over the mailbox's limits. One transaction
 * leases the message and counts it, so that two concurrent runs can't count as one. It is sent once, except for a crash between
 * handing it over and recording that: then once more, an hour later, as the first one counts.
 */
export async function sendMessage<T extends Pending>(
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

/** Throws `stale` if anything that it depends on has changed since it was read. */
async function tryToSend<T extends Pending>(
  options: NotificationsOptions,
  key: Key,
  mailing: Mailing<T>,
): Promise<Outcome> {
  const { table, optOut, publicUrl } = options
  const now = instantOf(table.now())
  const pending = await mailing.find(table)
  if (!pending?.due || pending.due > now) return 'nothing'
  const prepared = await mailing.prepare(pending, now)
  if (prepared.outcome === 'undeliverable') return abandon(options, mailing, pending, prepared.problem)
  if (prepared.outcome === 'later') return postpone(options, mailing, pending, prepared)
  const hash = mailboxHash(prepared.to)
  const mailbox = await findMailbox(table, hash)
  const sent: Sent = { id: keyText(key), at: now, customerId: pending.customerId, kind: prepared.kind }
  const decision = mayBeSent(mailbox, sent)
  if (decision.outcome === 'refused') return abandon(options, mailing, pending, decision.problem)
  if (decision.outcome === 'later')
    return postpone(options, mailing, pending, { ...decision, problem: limitReached })
  const leased = { ...prepared.pending, due: addMilliseconds(now, lease) }
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

const limitReached = 'the person has got as many messages as there may be for now; this one comes later'

async function postpone<T extends Pending>(
  { table }: NotificationsOptions,
  mailing: Mailing<T>,
  pending: Versioned<T>,
  { due, problem = pending.problem }: { due: Instant; problem?: string | undefined },
): Promise<Outcome> {
  await table.transact([mailing.write({ ...pending, due, problem })])
  return 'nothing'
}

async function abandon<T extends Pending>(
  { table, log }: NotificationsOptions,
  mailing: Mailing<T>,
  pending: Versioned<T>,
  problem: string,
): Promise<Outcome> {
  await table.transact([mailing.write({ ...pending, problem, due: undefined })])
  log('info', 'a message was abandoned', { customerId: pending.customerId, error: problem })
  return 'abandoned'
}

type SentMessage = { message: Message; hash: string; id: string }

async function handOver<T extends Pending>(
  options: NotificationsOptions,
  mailing: Mailing<T>,
  leased: Versioned<T>,
  { message, ...counted }: SentMessage,
): Promise<Outcome> {
  const { table, notifier, log } = options
  try {
    await notifier(message)
  } catch (error) {
    const failures = (leased.failures ?? 0) + 1
    const problem = 'the message could not be handed over'
    const due = retryAt(instantOf(table.now()), failures)
    await recordFailure(table, mailing.write({ ...leased, failures, problem, due }), counted)
    log('warn', problem, { customerId: leased.customerId, attempts: failures, error: errorTrace(error) })
    return 'failed'
  }
  const sentAt = instantOf(table.now())
  await unlessStale(
    table.transact([mailing.write({ ...leased, sentAt, problem: undefined, due: undefined })]),
  )
  return 'sent'
}

/** Records the failure, and no longer counts the message. */
async function recordFailure(
  table: Table,
  failure: Write,
  { hash, id }: Omit<SentMessage, 'message'>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const mailbox = await findMailbox(table, hash)
    try {
      return await table.transact([failure, mailboxWrite(hash, without(mailbox, id), mailbox.version)])
    } catch (error) {
      if (!isStale(error)) throw error
      // Another run has changed the leased message, and sends and counts it.
      if (attempt === attempts) return
      await backoffWithJitter(attempt)
    }
  }
}

/** A concurrent run has written a newer state: keep it. */
async function unlessStale(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isStale(error)) throw error
  }
}

const firstPause = 60_000
const longestPause = 6 * 3_600_000

/** When to retry after so many failures: twice the pause each time, up to the longest. */
const retryAt = (now: Instant, failures: number): Instant =>
  addMilliseconds(now, Math.min(longestPause, firstPause * 2 ** Math.min(failures - 1, 20)))
