import type { Context } from 'hono'
import type { Principal } from '../../../shared/auth/tokens.ts'
import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import { readFacts, readOwnFacts } from '../../../shared/directory/facts/read-facts.ts'
import { readResource } from '../../../shared/directory/facts/read-resource.ts'
import { confirmAddress } from '../../../shared/directory/logins/confirm-address.ts'
import { identify } from '../../../shared/directory/logins/identify.ts'
import { findOffer, type ReadOffer, stateOf } from '../../../shared/directory/ownership/parties.ts'
import type { ResourceRef } from '../../../shared/domain/access/decide.ts'
import type { ResourceType } from '../../../shared/domain/access/permissions.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { type DomainError, MissingScopeError } from '../../../shared/domain/values/errors.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { AccessRule } from './access-rule.ts'
import { loginContextOf } from './authenticate.ts'
import { denial, denialOfList, forbidden, isThere, notFound } from './denial.ts'
import type { Access, ApiDeps, ApiEnv, Question } from './deps.ts'
import { denialOfOwnership } from './ownership-rule.ts'
import { readProjectState } from './read-project-state.ts'
import { recordSeen } from './record-usage.ts'
import { authorizeReview, readReview } from './review-rule.ts'

type RightAtCustomer = Exclude<AccessRule, { kind: 'anybody' | 'token' | 'mailbox' | 'decision' }>
type RightByPermission = Exclude<RightAtCustomer, { kind: 'operator' | 'ownership' }>

/** Lets the caller in and gives what was read for it, or throws `forbidden` or `not-found`. */
export async function authorize(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  right: AccessRule,
  now: Instant,
): Promise<Access> {
  if (right.kind === 'anybody' || right.kind === 'token' || right.kind === 'decision') return {}
  const { kind } = c.get('principal')
  if (right.kind === 'mailbox') {
    if (kind !== 'login') throw forbidden('The access token stands for no user.')
    return {}
  }
  if (right.kind === 'operator' && !right.at) {
    if (kind !== 'operator') throw notAnOperator()
    return {}
  }
  if (kind === 'operator') return authorizeOperator(deps, c, right, now)
  return authorizeUser(deps, c, right, now)
}

const notAnOperator = () => new MissingScopeError('operator', 'Only operators may do this.')

/** What operators may do, `check` could with their scope as well. Who isn't listed gets no further by any scope. */
function denialOfMachine({ kind }: Principal, right: RightAtCustomer): DomainError {
  const detail = 'The access token stands for no user.'
  return kind === 'check' && !isOwnersOnly(right)
    ? new MissingScopeError('operator', detail)
    : forbidden(detail)
}

const isOwnersOnly = (right: RightAtCustomer): boolean =>
  right.kind === 'ownership' && (right.to === 'offer' || right.to === 'accept')

async function authorizeUser(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  right: RightAtCustomer,
  now: Instant,
): Promise<Access> {
  const principal = c.get('principal')
  if (principal.kind !== 'login') throw denialOfMachine(principal, right)
  const customerId = customerIdOf(c)
  const ref = refOf(c, right)
  const userId = await identify(loginContextOf(deps, c), customerId, principal)
  if (userId === undefined) throw notFound('customer')
  const read = right.kind === 'list' ? readFacts : readOwnFacts
  const { table } = deps
  const [facts, offer, review, openstack] = await Promise.all([
    read(table, { customerId, userId, resource: ref, now }),
    readOffer(table, customerId, right),
    reviewFor(table, c, right),
    right.kind === 'members' ? undefined : readProjectState(deps, customerId, ref),
  ])
  const { customer, user, resource } = facts
  if (!customer || !user || user.deleted) throw notFound('customer')
  recordSeen(deps, user)
  await confirmAddress(table, user, principal)
  const caller = { ...facts, user }
  const refused = denialBy(right, caller, ref, offer)
  if (refused) throw refused
  const isReviewing = right.kind === 'reviewing'
  const reviewing = isReviewing ? await authorizeReview(table, { customer, caller, now }, review) : undefined
  const isByPermission = right.kind !== 'operator' && right.kind !== 'ownership'
  const question = isByPermission ? questionOf(right, caller, ref) : undefined
  return {
    customer,
    resource,
    caller,
    question,
    offer: openOffer(offer, customer, now),
    openstack,
    reviewing,
  }
}

function denialBy(
  right: RightAtCustomer,
  caller: Caller,
  ref: ResourceRef,
  offer: ReadOffer | undefined,
): DomainError | undefined {
  if (right.kind === 'operator') return notAnOperator()
  if (right.kind === 'reviewing') return undefined
  if (right.kind === 'ownership') return denialOfOwnership(caller, right.to, offer)
  const { facts, action, ref: about } = questionOf(right, caller, ref)
  if (right.kind === 'list') return denialOfList(facts, action, about, right.passing)
  return denial(facts, action, about)
}

/** What has to be decided of the caller, where the right is a permission on something. */
function questionOf(right: RightByPermission, caller: Caller, ref: ResourceRef): Question {
  if (right.kind === 'reviewing') return { facts: caller, action: 'review.manage', ref }
  if (right.kind !== 'members') return { facts: caller, action: right.action, ref }
  if (ref.id !== mainProjectId) return { facts: caller, action: 'project.manage', ref }
  const customer = { type: 'customer', id: caller.user.customerId }
  return { facts: { ...caller, resource: undefined }, action: 'user.manage', ref: customer }
}

async function authorizeOperator(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  right: RightAtCustomer,
  now: Instant,
): Promise<Access> {
  if (isOwnersOnly(right)) {
    throw forbidden('An operator neither offers nor accepts the ownership; it can be forced.')
  }
  const customerId = customerIdOf(c)
  const ref = refOf(c, right)
  if (!isId(customerId)) throw notFound('customer')
  const { table } = deps
  const [customer, resource, offer, review, openstack] = await Promise.all([
    findCustomer(table, customerId),
    readResource(table, customerId, ref),
    readOffer(table, customerId, right),
    reviewFor(table, c, right),
    right.kind === 'members' ? undefined : readProjectState(deps, customerId, ref),
  ])
  if (!customer) throw notFound('customer')
  if (ref.type !== 'customer' && !isThere(resource)) throw notFound(ref.type)
  const isReviewing = right.kind === 'reviewing'
  const reviewing = isReviewing ? await authorizeReview(table, { customer, now }, review) : undefined
  return { customer, resource, offer: openOffer(offer, customer, now), openstack, reviewing }
}

async function readOffer(table: Table, customerId: string, { kind }: AccessRule) {
  return kind === 'ownership' && isId(customerId) ? findOffer(table, customerId) : undefined
}

/** What can't be accepted any more isn't there. */
const openOffer = (offer: ReadOffer | undefined, customer: Customer, now: Instant) =>
  offer && stateOf(offer, customer, now) === 'open' ? offer : undefined

async function reviewFor(table: Table, c: Context<ApiEnv>, { kind }: AccessRule) {
  return kind === 'reviewing' ? readReview(table, customerIdOf(c), c.req.param('r') ?? '') : undefined
}

/** What the right is about: the last thing that the path names, or the customer as a whole. */
function refOf(c: Context<ApiEnv>, right: RightAtCustomer): ResourceRef {
  const type = typeOfResource(right)
  return { type, id: c.req.param(parameters[type]) ?? '' }
}

function typeOfResource(right: RightAtCustomer): ResourceType {
  if (right.kind === 'permission') return right.on
  if (right.kind === 'operator') return right.at ?? 'customer'
  return right.kind === 'members' ? 'project' : 'customer'
}

const parameters = { customer: 'c', user: 'u', project: 'p', server: 's' } as const

export const customerIdOf = (c: Context<ApiEnv>): string => c.req.param('c') ?? ''
