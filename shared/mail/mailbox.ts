import { addMilliseconds, type Instant } from '../domain/values/instant.ts'

/** `invitation`: the first by itself; `again`: one that somebody has asked for. */
export type MessageKind = 'reminder' | 'invitation' | 'again'

/** What was sent to a mailbox, by all customers, as long as it counts, and whether it gets anything. */
export type Mailbox = {
  /** Since when its owner wants no messages. */
  optedOut?: Instant | undefined
  sent: readonly Sent[]
}

/** `id`: of what was sent, so that it can be taken back if the message wasn't taken. */
export type Sent = { id: string; at: Instant; customerId: string; kind: MessageKind }

const hour = 3_600_000
const day = 24 * hour
/** Milliseconds in which somebody is invited once by itself, and a few times by who asks for it. */
const invitationPeriod = 30 * day

/** Messages of one customer: one in an hour, and so many in a day. */
const mostOfCustomer = 10
/** Of all customers in a day: more than of one, so that no single customer keeps away what others have to say. */
const mostOfAll = 20
export const mostAgain = 3

export type SendingVerdict =
  | { outcome: 'allowed' }
  /** Not before then. */
  | { outcome: 'later'; due: Instant }
  /** Why never, in words that don't say what other customers do. */
  | { outcome: 'refused'; problem: string }

/** Whether a message may go to the mailbox now. What was sent under its own id, before a crash, counts like any other. */
export function mayBeSent({ optedOut, sent }: Mailbox, message: Sent): SendingVerdict {
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

const tooMany: SendingVerdict = {
  outcome: 'refused',
  problem: 'the address gets no further invitation for now',
}

/** The mailbox with one message more, without those that don't count any longer. */
export const withSent = (mailbox: Mailbox, message: Sent): Mailbox => ({
  ...mailbox,
  sent: [...without(mailbox, message.id).sent, message].filter(({ kind, at }) =>
    isWithin(kind === 'reminder' ? day : invitationPeriod, at, message),
  ),
})

/** As if a message hadn't been sent. */
export const without = (mailbox: Mailbox, sentId: string): Mailbox => ({
  ...mailbox,
  sent: mailbox.sent.filter(({ id }) => id !== sentId),
})

const isWithin = (period: number, at: Instant, { at: now }: Sent) => addMilliseconds(at, period) > now

/** From when on so many in a period have room for another one. */
function freeAt(sent: readonly Sent[], now: Instant, most: number, period: number): Instant {
  const counted = sent
    .map(({ at }) => addMilliseconds(at, period))
    .filter((end) => end > now)
    .sort()
  return counted.at(-most) ?? now
}

/**
 * The address under which a mailbox counts, however it's spelled: without what comes after `+` (RFC 5233), and, at Gmail,
 * without dots. Two people may share it at worst, and then its limits.
 */
export function mailboxOf(email: string): string {
  const at = email.lastIndexOf('@')
  const [base = ''] = email.slice(0, at).split('+')
  const domain = email.slice(at + 1)
  const local = base === '' ? email.slice(0, at) : base
  return isGmail.test(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`
}

const isGmail = /^(gmail|googlemail)\.com$/

/** Whether somebody wants no messages, at one of their e-mail addresses. */
export type MailPreference = { email: string; optedOut: boolean }
