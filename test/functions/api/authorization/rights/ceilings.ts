const types = [
  'main-customer',
  'customer-admin',
  'customer-billing',
  'customer-tech',
  'customer-client',
] as const
export type UserType = (typeof types)[number]

/** `held`: what somebody of the type was given, and nothing else. */
export type Ceiling = 'yes' | 'no' | 'held'

/** The rights table of `shared/domain/README.md`, as far as routes ask for it. */
const table: Record<string, readonly [Ceiling, Ceiling, Ceiling, Ceiling, Ceiling]> = {
  /*                owner  admin  billing tech client */
  'account.read': ['yes', 'yes', 'no', 'no', 'no'],
  'account.update': ['yes', 'yes', 'no', 'no', 'no'],
  'contact.read': ['yes', 'yes', 'yes', 'no', 'no'],
  'contact.update': ['yes', 'yes', 'yes', 'no', 'no'],
  'billing.read': ['yes', 'yes', 'yes', 'no', 'no'],
  'billing.update': ['yes', 'yes', 'yes', 'no', 'no'],
  'user.read': ['yes', 'yes', 'no', 'no', 'no'],
  'user.manage': ['yes', 'yes', 'no', 'no', 'no'],
  'project.read': ['yes', 'yes', 'no', 'held', 'held'],
  'project.manage': ['yes', 'yes', 'no', 'no', 'no'],
  'server.read': ['yes', 'yes', 'no', 'held', 'held'],
  'server.assign': ['yes', 'yes', 'no', 'no', 'no'],
  'audit.read': ['yes', 'yes', 'no', 'no', 'no'],
  'review.manage': ['yes', 'yes', 'no', 'no', 'no'],
}

export type Permission = `${string}.${string}`

export const isPermission = (needs: string): needs is Permission => Object.hasOwn(table, needs)

export function ceilingOf(type: UserType, permission: Permission): Ceiling {
  const ceiling = table[permission]?.[types.indexOf(type)]
  if (!ceiling) throw new Error(`the table has no row ${permission}`)
  return ceiling
}
