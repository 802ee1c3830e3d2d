import { addMilliseconds, type Instant } from '../domain/values/instant.ts'

/** `invitation`: the automatic first one; `again`: one that somebody has requested. */
export type MessageKind = 'reminder' | 'invitation' | 'again'

/** Messages sent to a mailbox by all customers, while they count, and its owner's opt-out. */
export type Mailbox = {
  /** When its owner opted out. */
  optedOut?: Instant | undefined
  sent: readonly Sent[]
}

/** A sent message; by `id` it is removed again if it couldn't be handed over. */
export type Sent = { id: string; at: Instant; customerId: string; kind: MessageKind }

const hour = 3_600_000
const day = 24 * hour
/** Milliseconds with one automatic invitation at most, and `mostAgain` requested ones. */
const invitationPeriod = 30 * day

/** Messages of one customer in a day; besides, one in an hour. */
const mostOfCustomer = 10
/** Messages of all customers in a day: more than of one, so that no single customer blocks the others'. */
const mostOfAll = 20
export const mostAgain = 3

type SendingDecision =
  | { outcome: 'allowed' }
  /** Allowed from then on. */
  | { outcome: 'later'; due: Instant }
  /** Never allowed; `problem` reveals nothing about other customers. */
  | { outcome: 'refused'; problem: string }

/** Decides whether a message may go to the mailbox now. An entry under its own id, from before a crash, counts like any other. */
export function mayBeSent({ optedOut, sent }: Mailbox, message: Sent): SendingDecision {
  if (optedOut !== undefined) return { outcome: 'refused', problem: 'the person wants no messages' }
  const invited = sent.filter(
    ({ id, kind, at }) => kind !== 'reminder' && id !== message.id && isWithin(invitationPeriod, at, message),
  )
  const again = invited.filter(({ kind }) => kind === 'again')
  if (message.kind === 'invitation' && invited.length > 0) return tooMany
  if (message.kind === 'again' && again.length >= mostAgain) return tooMany
  const ofCustomer = sent.filter(({ customerId }) => customerId === message.customerId)
  const due = [
    freeAt(ofCustomer, message.at, 1, hour),
    freeAt(ofCustomer, message.at, mostOfCustomer, day),
    freeAt(sent, message.at, mostOfAll, day),
  ].reduce((latest, each) => (each > latest ? each : latest))
  return due > message.at ? { outcome: 'later', due } : { outcome: 'allowed' }
}

const tooMany: SendingDecision = {
  outcome: 'refused',
  problem: 'the address gets no further invitation for now',
}

/** Adds a message, and drops those that no longer count. */
export const withSent = (mailbox: Mailbox, message: Sent): Mailbox => ({
  ...mailbox,
  sent: [...without(mailbox, message.id).sent, message].filter(({ kind, at }) =>
    isWithin(kind === 'reminder' ? day : invitationPeriod, at, message),
  ),
})

/** Removes a message, as if it hadn't been sent. */
export const without = (mailbox: Mailbox, sentId: string): Mailbox => ({
  ...mailbox,
  sent: mailbox.sent.filter(({ id }) => id !== sentId),
})

const isWithin = (period: number, at: Instant, { at: now }: Sent) => addMilliseconds(at, period) > now

/** When a limit of `most` messages in a period allows another one. */
function freeAt(sent: readonly Sent[], now: Instant, most: number, period: number): Instant {
  const counted = sent
    .map(({ at }) => addMilliseconds(at, period))
    .filter((end) => end > now)
    .sort()
  return counted.at(-most) ?? now
}

/**
 * Normalises the spellings of one mailbox's address: drops the part after `+` (RFC 5233), and at Gmail all dots. In the worst
 * case two people share a mailbox, and its limits.
 */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@')
  const [base = ''] = email.slice(0, at).split('+')
  const domain = email.slice(at + 1)
  const local = base === '' ? email.slice(0, at) : base
  return isGmail.test(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`
}

const isGmail = /^(gmail|googlemail)\.com$/

/** A person's opt-out at one of their e-mail addresses. */
export type MailPreference = { email: string; optedOut: boolean }
