import { released } from '../domain/claim.ts'
import { DomainError } from '../domain/errors.ts'
import type { User } from '../domain/user.ts'
import { isMainCustomer } from '../domain/user.ts'
import { emailClaimItem } from '../table/claims.ts'
import { markerTtl } from '../table/grants.ts'
import type { Write } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { asLogin } from '../table/logins.ts'
import { userItem } from '../table/users.ts'
import { planAdmins } from './admins.ts'
import { userChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import type { Resolved } from './resolve.ts'
import { requireUser } from './resolve.ts'

/** From this transaction on nothing the user held counts; the address is free. A marker stays for late events. */
export async function deleteUser(
  context: Context,
  { customerId, user: email }: { customerId: string; user: string },
): Promise<Plan> {
  const { user, ...names } = await requireUser(context, customerId, email)
  if (user.deleted) return superseded
  if (isMainCustomer(user)) throw new DomainError('locked', 'the main-customer cannot be deleted')
  const deleted: User = { ...user, deleted: context.stamp, login: undefined, updatedAt: context.now }
  const writes: Write[] = [
    { put: { ...userItem(deleted), ttl: markerTtl(context.table.now()) }, was: user.version },
    ...releaseEmail(context, user, names),
    ...(await planAdmins(context, customerId, user, deleted)),
    ...(await unlink(context, user)),
  ]
  return planned(context, customerId, 'user.deleted', writes, [userChange({ before: user, after: deleted })])
}

function releaseEmail({ stamp }: Context, user: User, { emailClaim }: Omit<Resolved, 'customer'>): Write[] {
  if (!emailClaim) return []
  const item = emailClaimItem(user.customerId, user.email, released(emailClaim, user.id, stamp))
  return [{ put: item, was: emailClaim.version }]
}

async function unlink({ table }: Context, user: User): Promise<Write[]> {
  if (!user.login) return []
  const key = keys.login(user.login.hash, user.customerId)
  const login = asLogin(await table.get(key))
  return login ? [{ remove: key, was: login.version }] : []
}
