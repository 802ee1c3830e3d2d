import type { Action } from './action.ts'
import type { Dice } from './dice.ts'
import { adminsOf, type Customer, type Model, present, type User, userByEmail } from './state.ts'

export type Person = { subject: string; email: string; isVerified: boolean }

/** Who sends a request: what the token says. */
export type Caller =
  | { kind: 'operator'; reason: string | undefined }
  | { kind: 'check' }
  | ({ kind: 'person' } & Person)

export const operator: Caller = { kind: 'operator', reason: 'as ordered' }
const day = 86_400_000

/** The first login that everybody would come with. */
export const loginOf = ({ email, login }: Pick<User, 'email' | 'login'>): Caller => ({
  kind: 'person',
  subject: login ?? `first ${email}`,
  email,
  isVerified: true,
})

/** The user that somebody is at a customer, if any, and whether the request at hand is what links the login. */
export type Who = { user?: User | undefined; links: boolean }

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

/** Of each thousand numbers as many as belong to each kind: most may do what they ask. */
export function pickCaller(
  model: Model,
  { customer, dice: { caller: dice, which } }: { customer: Customer; dice: Dice },
): Caller {
  const oneOf = (users: readonly User[]) => loginOf(users[which % users.length] ?? customer.owner)
  const ofType = (types: string[]) => oneOf(present(customer).filter(({ type }) => types.includes(type)))
  if (dice < 260) return loginOf(customer.owner)
  if (dice < 510) return oneOf(adminsOf(customer).filter(({ disabled }) => !disabled))
  if (dice < 530) return oneOf(adminsOf(customer))
  if (dice < 560) return ofType(['customer-billing'])
  if (dice < 590) return ofType(['customer-tech', 'customer-client'])
  if (dice < 900) return operator
  if (dice < 912) return { kind: 'operator', reason: undefined }
  if (dice < 935) return oneOf(model.customers.filter((each) => each !== customer).flatMap(present))
  if (dice < 985) return { kind: 'person', isVerified: dice < 975, ...secondLogin(customer, which) }
  return { kind: 'check' }
}

/** Another login with an address that somebody has: it takes the invitation, or is nobody. */
function secondLogin(customer: Customer, which: number) {
  const users = present(customer)
  const { email } = users[which % users.length] ?? customer.owner
  return { subject: `second ${email}`, email }
}

/** A request in words, for the trail to a failure. */
export function titleOf({ caller, method, path, body, ifMatch }: Action): string {
  const said = [method, path, ...(body ? [JSON.stringify(body)] : []), 'by', nameOf(caller)]
  if (ifMatch && ifMatch.mode !== 'none') said.push('if-match', ifMatch.mode)
  return said.join(' ')
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'check') return 'check'
  if (caller.kind === 'operator')
    return caller.reason === undefined ? 'operator without a reason' : 'operator'
  return `${caller.subject} (${caller.isVerified ? '' : 'unverified '}${caller.email})`
}
