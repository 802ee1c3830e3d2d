import { DomainError } from '../domain/errors.ts'
import type { User, UserStatus } from '../domain/user.ts'
import { isMainCustomer } from '../domain/user.ts'
import { userItem } from '../table/users.ts'
import { userChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned, superseded } from './context.ts'
import { requireUser } from './resolve.ts'

/** Disables or enables. A disabled user has no effective right and keeps its grants. */
export async function setUserStatus(
  context: Context,
  { customerId, user: email, status }: { customerId: string; user: string; status: UserStatus },
): Promise<Plan> {
  const { user } = await requireUser(context, customerId, email)
  if (user.deleted || context.stamp < user.stamps.status) return superseded
  if (status === 'disabled' && isMainCustomer(user)) {
    throw new DomainError('locked', 'the main-customer cannot be disabled')
  }
  const updated: User = {
    ...user,
    status,
    updatedAt: context.now,
    stamps: { ...user.stamps, status: context.stamp },
  }
  return planned(
    context,
    customerId,
    status === 'disabled' ? 'user.disabled' : 'user.enabled',
    [{ put: userItem(updated), was: user.version }],
    [userChange({ before: user, after: updated })],
  )
}
