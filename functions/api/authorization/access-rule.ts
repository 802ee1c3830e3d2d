import type { DenyReason } from '../../../shared/domain/access/decide.ts'
import type { InterfacePermission, ResourceType } from '../../../shared/domain/access/permissions.ts'

/**
 * Who may use a route, as data: `enter` finds out, the document and the tests' matrices are told. At a customer,
 * operators may do everything unless it says otherwise; nobody else gets in without being a user there.
 */
export type AccessRule =
  /** No token is needed. */
  | { kind: 'anybody' }
  /** Any access token, whomever it stands for. */
  | { kind: 'token' }
  /** A login whose token has a verified e-mail address, about the messages to that address. */
  | { kind: 'mailbox' }
  /** `check` and operators about everybody, a user about itself. */
  | { kind: 'decision' }
  /** Operators only: `at` a customer or a server of it, or, without one, about no customer in particular. */
  | { kind: 'operator'; at?: 'customer' | 'server' }
  /** Who holds the permission on the resource of the path. */
  | { kind: 'permission'; action: InterfacePermission; on: ResourceType }
  /**
   * For lists that show each caller what it may read: who could be shown anything, whatever `passing` says of the
   * customer as a whole.
   */
  | { kind: 'list'; action: InterfacePermission; passing: readonly DenyReason[] }
  /** `project.manage` on the project; on `main`, `user.manage`. */
  | { kind: 'members' }
  /**
   * `offer`: the main-customer alone. `see` and `withdraw`: the main-customer or an operator; who is offered it may see
   * it. `accept`: who is offered it alone.
   */
  | { kind: 'ownership'; to: 'offer' | 'see' | 'withdraw' | 'accept' }
  /** Who holds `review.manage`, or may be asked about something in the review of the path. */
  | { kind: 'reviewing' }

export const anybody: AccessRule = { kind: 'anybody' }
export const anyToken: AccessRule = { kind: 'token' }
export const mailbox: AccessRule = { kind: 'mailbox' }
export const operator: AccessRule = { kind: 'operator' }
export const operatorAt = (at: 'customer' | 'server'): AccessRule => ({ kind: 'operator', at })
export const members: AccessRule = { kind: 'members' }
export const reviewing: AccessRule = { kind: 'reviewing' }

export const requires = (action: InterfacePermission, on: ResourceType = 'customer'): AccessRule => ({
  kind: 'permission',
  action,
  on,
})
export const requiresForList = (action: InterfacePermission, passing: readonly DenyReason[]): AccessRule => ({
  kind: 'list',
  action,
  passing,
})
export const ownership = (to: 'offer' | 'see' | 'withdraw' | 'accept'): AccessRule => ({
  kind: 'ownership',
  to,
})
