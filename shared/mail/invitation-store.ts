import { dateOf, type Instant } from '../domain/values/instant.ts'
import { dueMessage, dueOf } from '../table/due.ts'
import { type Item, type Versioned, versionOf, type Write } from '../table/item.ts'
import { type Key, keys, parseInvitationKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Invitation } from './invitation.ts'

/** An invitation's key: its user and number. */
export type InvitationRef = Pick<Invitation, 'customerId' | 'userId' | 'number'>

/** Seconds for which it is kept: longer than a login may be linked by it. */
const kept = 60 * 86_400

export function invitationItem(invitation: Invitation): Key & Record<string, unknown> {
  const { customerId, userId, number, due, ...attributes } = invitation
  const key = keys.invitation(customerId, userId, number)
  return { ...attributes, ...key, ...dueMessage(key, due), ttl: secondsOf(invitation.createdAt) + kept }
}

const secondsOf = (instant: Instant) => Math.ceil(dateOf(instant).getTime() / 1000)

type Stored = Omit<Invitation, keyof InvitationRef | 'due'> & { version: number; dueAt?: string }

function asInvitation(item: Item | undefined): Versioned<Invitation> | undefined {
  const ref = item && parseInvitationKey(item)
  if (!ref) return undefined
  const { again, createdAt, sentAt, problem, failures, dueAt, version } = item as Item & Stored
  return { ...ref, again, createdAt, sentAt, problem, due: dueOf(dueAt), failures, version }
}

export async function findInvitation(table: Table, { customerId, userId, number }: InvitationRef) {
  return asInvitation(await table.get(keys.invitation(customerId, userId, number)))
}

/** Write of the invitation's next state, if nobody has changed it since it was read. */
export const invitationWrite = ({
  version: expectedVersion,
  ...invitation
}: Versioned<Invitation>): Write => ({
  put: invitationItem(invitation),
  expectedVersion,
})

/** Invitations that a customer may send in a day: without a limit, it could spam the world. */
export const mostInvitedADay = 200

/** Invitations of a customer on one day (UTC). */
type Invited = { day: string; count: number }

export async function findInvited(table: Table, customerId: string) {
  return (await table.get(keys.invited(customerId))) as Versioned<Invited> | undefined
}

/** Write that counts one more invitation on that day. */
export function oneMoreInvited(customerId: string, day: string, invited?: Versioned<Invited>): Write {
  const count = invited?.day === day ? invited.count + 1 : 1
  return { put: { ...keys.invited(customerId), day, count }, expectedVersion: versionOf(invited) }
}
