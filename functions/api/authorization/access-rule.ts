import type { Principal } from '../../../shared/auth/tokens.ts'
import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import type { DenyReason, ResourceRef } from '../../../shared/domain/access/decide.ts'
import type { InterfacePermission, ResourceType } from '../../../shared/domain/access/permissions.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { type DomainError, MissingScopeError } from '../../../shared/domain/values/errors.ts'
import { type AccessRequest, authorizeAtCustomer, type CustomerRule, noUser } from './customer-rule.ts'
import { forbidden, requirePermission, requirePermissionForList } from './denial.ts'
import type { Access, Question } from './deps.ts'
import { type OwnershipAct, ownershipRule } from './ownership-rule.ts'
import { readProjectState } from './read-project-state.ts'
import { usageBy } from './record-usage.ts'
import { reviewRule } from './review-rule.ts'

/** Rule for the callers of a route: the OpenAPI document reads its fields, and `authorize` decides about a request. */
export type AccessRule = RuleFields & {
  /** Returns what was read to decide. Throws `forbidden`, `not-found` or `locked`. */
  authorize: (request: AccessRequest) => Access | Promise<Access>
}

/** At a customer, operators may do everything unless it says otherwise; nobody else gets in without being a user there. */
type RuleFields =
  /** No token is needed. */
  | { kind: 'anybody' }
  /** Any valid access token. */
  | { kind: 'token' }
  /** A login whose token has a verified e-mail address, about the messages to that address. */
  | { kind: 'mailbox' }
  /** `check` and operators about everybody, a user about itself, with `user.read` about anybody of its customer. */
  | { kind: 'decision' }
  /** Operators only. */
  | { kind: 'operator' }
  /** Users who hold the permission on the resource of the path. */
  | { kind: 'permission'; action: InterfacePermission; on: ResourceType }
  /** Callers whose list could hold anything: each of its items is decided on its own. */
  | { kind: 'list'; action: InterfacePermission }
  /** `project.manage` on the project; on `main`, `user.manage`. */
  | { kind: 'members' }
  /**
   * `offer`: the main-customer alone. `see` and `withdraw`: the main-customer or an operator; the user who is offered it may
   * see it. `accept`: the user who is offered it alone.
   */
  | { kind: 'ownership'; to: OwnershipAct }
  /** Users who hold `review.manage`, or may be asked about something in the review of the path. */
  | { kind: 'reviewing' }

const byPrincipal = (denialOf: (principal: Principal) => DomainError | undefined) => {
  return ({ c }: AccessRequest): Access => {
    const denied = denialOf(c.get('principal'))
    if (denied) throw denied
    return {}
  }
}
const atCustomer = <Loaded>(rule: CustomerRule<Loaded>) => {
  return (request: AccessRequest) => authorizeAtCustomer(rule, request)
}
const notAnOperator = () => new MissingScopeError('operator', 'Only operators may do this.')

export const anybody: AccessRule = { kind: 'anybody', authorize: () => ({}) }
export const anyToken: AccessRule = { kind: 'token', authorize: () => ({}) }
/** The handler finds out about whom the caller may ask. */
export const decision: AccessRule = { kind: 'decision', authorize: () => ({}) }
export const mailbox: AccessRule = {
  kind: 'mailbox',
  authorize: byPrincipal(({ kind }) => (kind === 'login' ? undefined : forbidden(noUser))),
}
/** About no customer in particular. */
export const operator: AccessRule = {
  kind: 'operator',
  authorize: byPrincipal(({ kind }) => (kind === 'operator' ? undefined : notAnOperator())),
}

export const operatorAt = (on: 'customer' | 'server'): AccessRule => ({
  kind: 'operator',
  authorize: atCustomer({
    on,
    decide: ({ caller }) => {
      if (caller) throw notAnOperator()
      return {}
    },
  }),
})

export const requires = (action: InterfacePermission, on: ResourceType = 'customer'): AccessRule => ({
  kind: 'permission',
  action,
  on,
  authorize: atCustomer({
    on,
    load: ({ deps, customerId, ref }) => readProjectState(deps, customerId, ref),
    decide: ({ caller, ref }, openstack) => ({
      openstack,
      usage: caller && usageOfPermission({ facts: caller, action, ref }),
    }),
  }),
})

/** `passing`: denials of the customer as a whole with which the list may still hold something. */
export const requiresForList = (action: InterfacePermission, passing: readonly DenyReason[]): AccessRule => ({
  kind: 'list',
  action,
  authorize: atCustomer({
    on: 'customer',
    grants: 'all',
    decide: ({ caller, ref }) => {
      const question = caller && { facts: caller, action, ref }
      return { usage: question && usageBy(question, requirePermissionForList(question, passing)) }
    },
  }),
})

export const members: AccessRule = {
  kind: 'members',
  authorize: atCustomer({
    on: 'project',
    decide: ({ caller, ref }) => ({ usage: caller && usageOfPermission(managementOf(caller, ref)) }),
  }),
}

export const ownership = (to: OwnershipAct): AccessRule => ({
  kind: 'ownership',
  to,
  authorize: atCustomer(ownershipRule(to)),
})

export const reviewing: AccessRule = { kind: 'reviewing', authorize: atCustomer(reviewRule) }

const usageOfPermission = (question: Question) => usageBy(question, requirePermission(question))

/** Membership of Main comes with managing users, not with managing projects. */
function managementOf(caller: Caller, ref: ResourceRef): Question {
  if (ref.id !== mainProjectId) return { facts: caller, action: 'project.manage', ref }
  const customer = { type: 'customer', id: caller.user.customerId }
  return { facts: { ...caller, resource: undefined }, action: 'user.manage', ref: customer }
}
