import type { Context } from 'hono'
import type { Principal } from '../../../shared/auth/tokens.ts'
import type { Asker } from '../../../shared/directory/facts/list-readable.ts'
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
import type { Right } from './access-rule.ts'
import { visitOf } from './authenticate.ts'
import { forbidden, isThere, notFound, refusal, refusalOfList } from './denial.ts'
import type { Access, ApiDeps, ApiEnv } from './deps.ts'
import { refusalOfOwnership } from './ownership-rule.ts'
import { readOpenStack } from './read-project-state.ts'
import { noteSeen, type Question } from './record-usage.ts'
import { enterReview, readReview } from './review-rule.ts'

type RightAtCustomer = Exclude<Right, { kind: 'anybody' | 'token' | 'mailbox' | 'decision' }>
type RightByPermission = Exclude<RightAtCustomer, { kind: 'operator' | 'ownership' }>

/** Lets the caller in and gives what was read for it, or throws `forbidden` or `not-found`. */
export async function enter(deps: ApiDeps, c: Context<ApiEnv>, right: Right, now: Instant): Promise<Access> {
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
  if (kind === 'operator') return enterAsOperator(deps, c, right, now)
  return enterAsUser(deps, c, right, now)
}

const notAnOperator = () => new MissingScopeError('operator', 'Only operators may do this.')

/** What operators may do, `check` could with their scope as well. Who isn't listed gets no further by any scope. */
function refusalOfMachine({ kind }: Principal, right: RightAtCustomer): DomainError {
  const detail = 'The access token stands for no user.'
  return kind === 'check' && !isOwnersOnly(right)
    ? new MissingScopeError('operator', detail)
    : forbidden(detail)
}

const isOwnersOnly = (right: RightAtCustomer): boolean =>
  right.kind === 'ownership' && (right.to === 'offer' || right.to === 'accept')

async function enterAsUser(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  right: RightAtCustomer,
  now: Instant,
): Promise<Access> {
  const principal = c.get('principal')
  if (principal.kind !== 'login') throw refusalOfMachine(principal, right)
  const customerId = customerIdOf(c)
  const ref = refOf(c, right)
  const userId = await identify(visitOf(deps, c), customerId, principal)
  if (userId === undefined) throw notFound('customer')
  const read = right.kind === 'list' ? readFacts : readOwnFacts
  const { table } = deps
  const [facts, offer, review, openstack] = await Promise.all([
    read(table, { customerId, userId, resource: ref, now }),
    readOffer(table, customerId, right),
    reviewFor(table, c, right),
    right.kind === 'members' ? undefined : readOpenStack(deps, customerId, ref),
  ])
  const { customer, user, resource } = facts
  if (!customer || !user || user.deleted) throw notFound('customer')
  noteSeen(deps, user)
  await confirmAddress(table, user, principal)
  const asker = { ...facts, user }
  const refused = refusalBy(right, asker, ref, offer)
  if (refused) throw refused
  const isReviewing = right.kind === 'reviewing'
  const reviewing = isReviewing ? await enterReview(table, { customer, asker, now }, review) : undefined
  const isByPermission = right.kind !== 'operator' && right.kind !== 'ownership'
  const question = isByPermission ? questionOf(right, asker, ref) : undefined
  return { customer, resource, asker, question, offer: openOffer(offer, customer, now), openstack, reviewing }
}

function refusalBy(
  right: RightAtCustomer,
  asker: Asker,
  ref: ResourceRef,
  offer: ReadOffer | undefined,
): DomainError | undefined {
  if (right.kind === 'operator') return notAnOperator()
  if (right.kind === 'reviewing') return undefined
  if (right.kind === 'ownership') return refusalOfOwnership(asker, right.to, offer)
  const { facts, action, ref: about } = questionOf(right, asker, ref)
  if (right.kind === 'list') return refusalOfList(facts, action, about, right.passing)
  return refusal(facts, action, about)
}

/** What has to be decided of the caller, where the right is a permission on something. */
function questionOf(right: RightByPermission, asker: Asker, ref: ResourceRef): Question {
  if (right.kind === 'reviewing') return { facts: asker, action: 'review.manage', ref }
  if (right.kind !== 'members') return { facts: asker, action: right.action, ref }
  if (ref.id !== mainProjectId) return { facts: asker, action: 'project.manage', ref }
  const customer = { type: 'customer', id: asker.user.customerId }
  return { facts: { ...asker, resource: undefined }, action: 'user.manage', ref: customer }
}

async function enterAsOperator(
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
    right.kind === 'members' ? undefined : readOpenStack(deps, customerId, ref),
  ])
  if (!customer) throw notFound('customer')
  if (ref.type !== 'customer' && !isThere(resource)) throw notFound(ref.type)
  const isReviewing = right.kind === 'reviewing'
  const reviewing = isReviewing ? await enterReview(table, { customer, now }, review) : undefined
  return { customer, resource, offer: openOffer(offer, customer, now), openstack, reviewing }
}

async function readOffer(table: Table, customerId: string, { kind }: Right) {
  return kind === 'ownership' && isId(customerId) ? findOffer(table, customerId) : undefined
}

/** What can't be accepted any more isn't there. */
const openOffer = (offer: ReadOffer | undefined, customer: Customer, now: Instant) =>
  offer && stateOf(offer, customer, now) === 'open' ? offer : undefined

async function reviewFor(table: Table, c: Context<ApiEnv>, { kind }: Right) {
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
