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

/** Every type a user has had, oldest first: events that arrive late are judged by the type at their time. */
export type TypeHistory = readonly TypeEntry[]
export type TypeEntry = {
  type: UserType
  at: Stamp
  /** Admin since then instead of since `at`: `minInstant` includes all older projects. */
  since?: Instant | undefined
}

/** Returns a copy with the entry in order; the same history if it has that stamp already. */
export function withType(history: TypeHistory, entry: TypeEntry): TypeHistory {
  if (history.some(({ at }) => at === entry.at)) return history
  return [...history, entry].sort((a, b) => (a.at < b.at ? -1 : 1))
}

export function currentType(history: TypeHistory): UserType {
  const last = history[history.length - 1]
  if (!last) throw new Error('a user has a type from its first moment on')
  return last.type
}

/** The stamp since which the user has had its present type without a break. */
export function typeSince(history: TypeHistory): Stamp {
  return history[startOfPeriod(history)]?.at ?? ''
}

function startOfPeriod(history: TypeHistory): number {
  const type = currentType(history)
  let start = history.length - 1
  while (start > 0 && history[start - 1]?.type === type) start--
  return start
}

/** The instant since which the user has been admin without a break; `undefined` for other types. */
export function adminSince(history: TypeHistory): Instant | undefined {
  if (currentType(history) !== 'customer-admin') return undefined
  const start = startOfPeriod(history)
  for (let place = start; place < history.length; place++) {
    const since = history[place]?.since
    if (since !== undefined) return since
  }
  return instantOfStamp(history[start]?.at ?? '')
}

/** True for an admin who was the main-customer before, and keeps that access whatever was stored earlier. */
export function wasOwner(history: TypeHistory): boolean {
  return history[startOfPeriod(history) - 1]?.type === 'main-customer'
}

/** The stamp of the last change to a type that holds no stored grants (billing), which revokes older grants. */
export function revokedByTypeUntil(history: TypeHistory): Stamp | undefined {
  for (let place = history.length - 1; place >= 0; place--) {
    const entry = history[place]
    if (entry?.type === 'customer-billing' && history[place - 1]?.type !== 'customer-billing') return entry.at
  }
  return undefined
}

/** True if a change of type has revoked a grant of that stamp. */
export function revokedByTypeSince(history: TypeHistory, stamp: Stamp): boolean {
  const until = revokedByTypeUntil(history)
  return until !== undefined && until > stamp
}
