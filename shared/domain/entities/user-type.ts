import * as v from 'valibot'
import { type Instant, instantOfStamp, type Stamp } from '../values/instant.ts'

export const userTypes = [
  'main-customer',
  'customer-admin',
  'customer-billing',
  'customer-tech',
  'customer-client',
] as const
export type UserType = (typeof userTypes)[number]
export const UserType = v.picklist(userTypes, `must be one of ${userTypes.join(', ')}`)

/** Types a user can be created as or changed to; there's one main-customer, from the first moment on. */
export const assignableTypes = userTypes.filter((type) => type !== 'main-customer')
export type AssignableType = Exclude<UserType, 'main-customer'>
export const AssignableType = v.picklist(assignableTypes, `must be one of ${assignableTypes.join(', ')}`)

/** Every type a user has had, oldest first: later events need them as they were (`events.md`, Order). */
export type TypeHistory = readonly TypeEntry[]
export type TypeEntry = {
  type: UserType
  at: Stamp
  /** Admin since then instead of since the change: since the beginning, so also in all older projects. */
  since?: Instant | undefined
}

/** A copy with the entry at its place in time; the same copy if that stamp is there already. */
export function withType(history: TypeHistory, entry: TypeEntry): TypeHistory {
  if (history.some(({ at }) => at === entry.at)) return history
  return [...history, entry].sort((a, b) => (a.at < b.at ? -1 : 1))
}

export function currentType(history: TypeHistory): UserType {
  const last = history.at(-1)
  if (!last) throw new Error('a user has a type from its first moment on')
  return last.type
}

/** The stamp from which the user has been of its present type without a break. */
export function typeSince(history: TypeHistory): Stamp {
  return history[startOfPeriod(history)]?.at ?? ''
}

function startOfPeriod(history: TypeHistory): number {
  const type = currentType(history)
  return history.findLastIndex((entry) => entry.type !== type) + 1
}

/** The instant from which the user is admin without a break; `undefined` for other types. */
export function adminSince(history: TypeHistory): Instant | undefined {
  if (currentType(history) !== 'customer-admin') return undefined
  const period = history.slice(startOfPeriod(history))
  return period.find(({ since }) => since !== undefined)?.since ?? instantOfStamp(period[0]?.at ?? '')
}

/** True for an admin who was the main-customer before: what it had, it keeps, whatever was stored earlier. */
export function wasOwner(history: TypeHistory): boolean {
  return history[startOfPeriod(history) - 1]?.type === 'main-customer'
}

/** The stamp of the last change to a type that holds no stored grant (billing): what was granted before it is gone. */
export function revokedByTypeUntil(history: TypeHistory): Stamp | undefined {
  const change = history.findLast(
    ({ type }, place) => type === 'customer-billing' && history[place - 1]?.type !== 'customer-billing',
  )
  return change?.at
}

/** True if what was granted at the stamp is gone with a type. */
export function revokedByTypeSince(history: TypeHistory, stamp: Stamp): boolean {
  return (revokedByTypeUntil(history) ?? '') > stamp
}
