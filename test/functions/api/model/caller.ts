import { type Customer, type Model, present, type User, userByEmail } from './state.ts'

/** Who sends a request: what the token says. */
export type Caller =
  | { kind: 'operator'; reason: string | undefined }
  | { kind: 'check' }
  | ({ kind: 'person' } & Person)

export type Person = { subject: string; email: string; isVerified: boolean }

export function whoIs({ now }: Model, customer: Customer, { subject, email, isVerified }: Person): Who {
  const linked = present(customer).find(({ login }) => login === subject)
  if (linked) return { user: linked, links: false }
  const user = isVerified ? userByEmail(customer, email) : undefined
  const { unlinked = [] } = user ?? {}
  const isOut = unlinked.length >= 8 || unlinked.includes(subject)
  const isFree = user?.login === undefined && !isOut && customer.status !== 'closed'
  const links = user !== undefined && isFree && now <= user.invitedAt + 30 * day
  return links ? { user, links } : { links }
}

export const day = 86_400_000

/** The user that somebody is at a customer, if any, and whether the current request links the login. */
export type Who = { user?: User | undefined; links: boolean }
