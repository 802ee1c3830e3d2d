import type { Context, MiddlewareHandler } from 'hono'
import { identify } from '../../shared/directory/identify.ts'
import type { Asker } from '../../shared/directory/list-readable.ts'
import { readFacts } from '../../shared/directory/read-facts.ts'
import { readResource } from '../../shared/directory/read-resource.ts'
import type { DenyReason, ResourceRef } from '../../shared/domain/decide.ts'
import { DomainError } from '../../shared/domain/errors.ts'
import { isId } from '../../shared/domain/id.ts'
import type { ResourceType } from '../../shared/domain/permission.ts'
import { findCustomer } from '../../shared/table/customers.ts'
import { notAnOperator, visitOf } from './authenticate.ts'
import type { Access, ApiDeps, ApiEnv } from './deps.ts'
import { isThere, notFound, refusal, refusalOfList } from './refusal.ts'

type Guard = MiddlewareHandler<ApiEnv>

/** Guards for the routes of a customer. What they read for it is `access` from there on. */
export function createGuards(deps: ApiDeps) {
  const guard =
    (type: ResourceType, check: (asker: Asker, ref: ResourceRef) => DomainError | undefined): Guard =>
    async (c, next) => {
      c.set('access', await enter(deps, c, refOf(c, type), check))
      await next()
    }
  return {
    /** Who holds the right on the resource of the path; operators always. */
    may: (action: string, type: ResourceType = 'customer') =>
      guard(type, (asker, ref) => refusal(asker, action, ref)),
    /** For lists that show each caller what it may read: who could be shown anything, whatever `passing` says of the whole. */
    mayList: (action: string, passing: DenyReason[]) =>
      guard('customer', (asker, ref) => refusalOfList(asker, action, ref, passing)),
    operator: guard('customer', notAnOperator),
  }
}

export type Guards = ReturnType<typeof createGuards>

async function enter(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  ref: ResourceRef,
  check: (asker: Asker, ref: ResourceRef) => DomainError | undefined,
): Promise<Access> {
  const principal = c.get('principal')
  const customerId = customerIdOf(c)
  if (principal.kind === 'operator') return enterAsOperator(deps, customerId, ref)
  if (principal.kind !== 'login') throw new DomainError('forbidden', 'The access token stands for no user.')
  const visit = visitOf(deps, c)
  const userId = await identify(visit, customerId, principal)
  if (userId === undefined) throw notFound('customer')
  const facts = await readFacts(deps.table, { customerId, userId, resource: ref, now: visit.now })
  const { customer, user, resource } = facts
  if (!customer || !user || user.deleted) throw notFound('customer')
  const asker = { ...facts, user }
  const refused = check(asker, ref)
  if (refused) throw refused
  return { customer, resource, asker }
}

async function enterAsOperator({ table }: ApiDeps, customerId: string, ref: ResourceRef): Promise<Access> {
  if (!isId(customerId)) throw notFound('customer')
  const [customer, resource] = await Promise.all([
    findCustomer(table, customerId),
    readResource(table, customerId, ref),
  ])
  if (!customer) throw notFound('customer')
  if (ref.type !== 'customer' && !isThere(resource)) throw notFound(ref.type)
  return { customer, resource }
}

const parameters = { customer: 'c', user: 'u', project: 'p', server: 's' } as const

const refOf = (c: Context<ApiEnv>, type: ResourceType): ResourceRef => ({
  type,
  id: c.req.param(parameters[type]) ?? '',
})

export const customerIdOf = (c: Context<ApiEnv>): string => c.req.param('c') ?? ''
