import { type Customer, type Grant, mainPlace, projectPlace, type User, wordAbout } from './model.ts'
import { projectKey } from './vocabulary.ts'

/** A membership, granted by an event or derived from the type. */
export type Held = { grant: Grant; byType: boolean }

const byType = (roles: string[]): Held => ({ grant: { roles }, byType: true })
const said = (grant: Grant | undefined): Held | undefined => grant && { grant, byType: false }

export const hasBlanketRights = ({ type }: User) => type === 'customer-admin' || type === 'customer-billing'

/** The user's membership of the Main project. */
export function heldInMain(customer: Customer, user: User): Held | undefined {
  if (user.type === 'main-customer') return byType([])
  const word = wordAbout(customer, mainPlace, user.email)
  const saidSince = word !== undefined && word.turn > user.since.turn
  return hasBlanketRights(user) && !saidSince ? byType([]) : said(word?.grant)
}

/** The user's membership of the project of that name. */
export function heldIn(customer: Customer, user: User, name: string): Held | undefined {
  const word = wordAbout(customer, projectPlace(name), user.email)
  if (word?.grant || user.type !== 'customer-admin') return said(word?.grant)
  if (word && word.turn > user.since.turn) return undefined
  const createdAt = customer.projects.get(projectKey(name))?.createdAt
  return createdAt !== undefined && createdAt >= user.since.at ? byType(['full']) : undefined
}
