import type { Context } from 'hono'
import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { Project } from '../../../shared/domain/entities/project.ts'
import type { Server } from '../../../shared/domain/entities/server.ts'
import { typeOf, type User } from '../../../shared/domain/entities/user.ts'
import { type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { AccessRule } from './access-rule.ts'
import { authenticate } from './authenticate.ts'
import type { Access, ApiDeps, ApiEnv } from './deps.ts'

/** Returns the caller if it's a client, who sees nobody else. */
export function externalUser({ access: { caller } }: RequestContext): Caller | undefined {
  return caller && typeOf(caller.user) === 'customer-client' ? caller : undefined
}

/** An authorized request, with what was read to authorize it. */
export type RequestContext = { deps: ApiDeps; c: Context<ApiEnv>; now: Instant; access: Access }

/** Throws `unauthenticated`, `forbidden`, `not-found` or `locked`. */
export async function authenticateAndAuthorize(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  right: AccessRule,
): Promise<RequestContext> {
  if (right.kind !== 'anybody') await authenticate(deps, c)
  return authorizeCall(deps, c, right)
}

/** Authorizes a caller who is authenticated already. */
export async function authorizeCall(
  deps: ApiDeps,
  c: Context<ApiEnv>,
  right: AccessRule,
): Promise<RequestContext> {
  const now = instantOf(deps.now())
  return { deps, c, now, access: await right.authorize({ deps, c, now }) }
}

/** Returns a parameter of the path, decoded; empty where the route has none of that name. */
export const parameter = ({ c }: Pick<RequestContext, 'c'>, name: string): string => c.req.param(name) ?? ''

export function customerOf({ access }: RequestContext): Versioned<Customer> {
  if (!access.customer) throw new Error('the route is not about a customer')
  return access.customer
}

export function userOf({ access: { resource } }: RequestContext): Versioned<User> {
  if (resource?.type !== 'user') throw new Error('the route is not about a user')
  return resource.user
}

export function projectOf({ access: { resource } }: RequestContext): Versioned<Project> {
  if (resource?.type !== 'project') throw new Error('the route is not about a project')
  return resource.project
}

export function serverOf({ access: { resource } }: RequestContext): Versioned<Server> {
  if (resource?.type !== 'server') throw new Error('the route is not about a server')
  return resource.server
}
