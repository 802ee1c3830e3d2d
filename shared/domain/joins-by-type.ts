import type { User } from './user.ts'
import { typeOf } from './user.ts'

/** True for the types that are members of OpenStack projects without anything stored: any project may be theirs. */
export function joinsByType(user: User): boolean {
  return typeOf(user) === 'main-customer' || typeOf(user) === 'customer-admin'
}
