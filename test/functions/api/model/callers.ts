import type { Action } from './action.ts'
import type { Caller } from './caller.ts'
import type { Dice } from './dice.ts'
import { adminsOf, type Customer, type Model, present, type User } from './state.ts'

export const operator: Caller = { kind: 'operator', reason: 'as ordered' }

/** The first login that everybody would come with. */
export const loginOf = ({ email, login }: Pick<User, 'email' | 'login'>): Caller => ({
  kind: 'person',
  subject: login ?? `first ${email}`,
  email,
  isVerified: true,
})

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
