import type { Context } from 'hono'
import type { Asker } from '../../../shared/directory/facts/list-readable.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import { typeOf, type User } from '../../../shared/domain/entities/user.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Right } from './access-rule.ts'
import { authenticate } from './authenticate.ts'
import { enter } from './authorize.ts'
import type { Access, ApiDeps, ApiEnv } from './deps.ts'

/** The caller, if it's a client: an outside party, who sees no one else. */
export function outsideParty({ access: { asker } }: Call): Asker | undefined {
  return asker && typeOf(asker.user) === 'customer-client' ? asker : undefined
}

/** A request whose caller may make it, with what was read to know that. */
export type Call = { deps: ApiDeps; c: Context<ApiEnv>; now: Instant; access: Access }

/** Who is asking, and may they? Throws `unauthenticated`, `forbidden` or `not-found`. */
export async function letIn(deps: ApiDeps, c: Context<ApiEnv>, right: Right): Promise<Call> {
  if (right.kind !== 'anybody') await authenticate(deps, c)
  return enterCall(deps, c, right)
}

/** As `letIn`, for a caller who is known already. */
export async function enterCall(deps: ApiDeps, c: Context<ApiEnv>, right: Right): Promise<Call> {
  const now = instantOf(deps.now())
  return { deps, c, now, access: await enter(deps, c, right, now) }
}

/** A parameter of the path, decoded; empty where the route has none of that name. */
export const parameter = ({ c }: Pick<Call, 'c'>, name: string): string => c.req.param(name) ?? ''

export function customerOf({ access }: Call): Versioned<Customer> {
  if (!access.customer) throw new Error('the route is not about a customer')
  return access.customer
}

export function userOf({ access: { resource } }: Call): Versioned<User> {
  if (resource?.type !== 'user') throw new Error('the route is not about a user')
  return resource.user
}

export function projectOf({ access: { resource } }: Call): Versioned<Project> {
  if (resource?.type !== 'project') throw new Error('the route is not about a project')
  return resource.project
}

export function serverOf({ access: { resource } }: Call): Versioned<Server> {
  if (resource?.type !== 'server') throw new Error('the route is not about a server')
  return resource.server
}
