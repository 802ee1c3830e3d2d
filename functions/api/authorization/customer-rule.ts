import type { Context } from 'hono'
import type { Principal } from '../../../shared/auth/tokens.ts'
import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import { readFacts, readOwnFacts } from '../../../shared/directory/facts/read-facts.ts'
import { readResource } from '../../../shared/directory/facts/read-resource.ts'
import { confirmAddress } from '../../../shared/directory/logins/confirm-address.ts'
import { identify } from '../../../shared/directory/logins/identify.ts'
import type { ResourceRef } from '../../../shared/domain/access/decide.ts'
import type { ResourceType } from '../../../shared/domain/access/permissions.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import { type DomainError, MissingScopeError } from '../../../shared/domain/values/errors.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import type { Instant } from '../../../shared/domain/values/instant.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { loginContextOf } from './authenticate.ts'
import { forbidden, isThere, notFound } from './denial.ts'
import type { Access, ApiDeps, ApiEnv } from './deps.ts'
import { recordSeen } from '../../../shared/usage/record-usage.ts'

/** A request whose caller is known, before anything is read for it. */
export type AccessRequest = { deps: ApiDeps; c: Context<ApiEnv>; now: Instant }

/** The same, at a customer: `ref` is the resource that the rule is about. */
type CustomerRequest = AccessRequest & { customerId: string; ref: ResourceRef }

/** `caller` is absent for an operator, who may do everything that no rule reserves for users. */
type CustomerFacts = CustomerRequest & { customer: Customer; caller?: Caller }

/** Access to what belongs to a customer. `Loaded` is read in the same round as the facts about the caller. */
export type CustomerRule<Loaded = undefined> = {
  /** The customer as a whole, or the last resource that the path names. */
  on: ResourceType
  /** `all` for lists; else those of Main and of the resource, which a single request reads. */
  grants?: 'all'
  /** Reserves the route for users: the denial that an operator gets. */
  deniesOperators?: string
  load?: (request: CustomerRequest) => Promise<Loaded>
  /** Decides once a request. Throws the denial; returns what the route's handler needs of the decision. */
  decide: (facts: CustomerFacts, loaded: Loaded | undefined) => DecidedAccess | Promise<DecidedAccess>
}

type DecidedAccess = Omit<Access, 'customer' | 'resource' | 'caller'>

/** Reads what the rule needs and decides. Throws `forbidden`, `not-found` or `locked`. */
export async function authorizeAtCustomer<Loaded>(
  rule: CustomerRule<Loaded>,
  { deps, c, now }: AccessRequest,
): Promise<Access> {
  const ref = { type: rule.on, id: c.req.param(parameters[rule.on]) ?? '' }
  const request = { deps, c, now, customerId: customerIdOf(c), ref }
  const principal = c.get('principal')
  if (principal.kind === 'operator') return authorizeOperator(rule, request)
  if (principal.kind === 'login') return authorizeUser(rule, request, principal)
  throw denialOfMachine(rule, principal)
}

const parameters = { customer: 'c', user: 'u', project: 'p', server: 's' } as const

export const customerIdOf = (c: Context<ApiEnv>): string => c.req.param('c') ?? ''

async function authorizeUser<Loaded>(
  rule: CustomerRule<Loaded>,
  request: CustomerRequest,
  principal: Extract<Principal, { kind: 'login' }>,
): Promise<Access> {
  const { deps, c, customerId, ref, now } = request
  const userId = await identify(loginContextOf(deps, c), customerId, principal)
  if (userId === undefined) throw notFound('customer')
  const read = rule.grants === 'all' ? readFacts : readOwnFacts
  const [facts, loaded] = await Promise.all([
    read(deps.table, { customerId, userId, resource: ref, now }),
    rule.load?.(request),
  ])
  const { customer, user, resource } = facts
  if (!customer || !user || user.deleted) throw notFound('customer')
  recordSeen(deps, user)
  await confirmAddress(deps.table, user, principal)
  const caller = { ...facts, user }
  return { customer, resource, caller, ...(await rule.decide({ ...request, customer, caller }, loaded)) }
}

async function authorizeOperator<Loaded>(
  rule: CustomerRule<Loaded>,
  request: CustomerRequest,
): Promise<Access> {
  const { deps, customerId, ref } = request
  if (rule.deniesOperators !== undefined) throw forbidden(rule.deniesOperators)
  if (!isId(customerId)) throw notFound('customer')
  const [customer, resource, loaded] = await Promise.all([
    findCustomer(deps.table, customerId),
    readResource(deps.table, customerId, ref),
    rule.load?.(request),
  ])
  if (!customer) throw notFound('customer')
  if (ref.type !== 'customer' && !isThere(resource)) throw notFound(ref.type)
  return { customer, resource, ...(await rule.decide({ ...request, customer }, loaded)) }
}

/** A `check` client could do what operators may, with their scope. A client on no list gets no further by any scope. */
function denialOfMachine<Loaded>(rule: CustomerRule<Loaded>, { kind }: Principal): DomainError {
  const mayOperatorsDoIt = rule.deniesOperators === undefined
  return kind === 'check' && mayOperatorsDoIt ? new MissingScopeError('operator', noUser) : forbidden(noUser)
}

export const noUser = 'The access token stands for no user.'
