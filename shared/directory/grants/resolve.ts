import { type Claim, holderAt } from '../../domain/entities/claim.ts'
import { type Customer, refuseIfClosed } from '../../domain/entities/customer.ts'
import {
  endOf,
  isMainName,
  mainProjectId,
  type Project,
  projectNameKey,
} from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import { withFacts, type UnclaimedFacts } from '../../domain/entities/unclaimed-facts.ts'
import type { User } from '../../domain/entities/user.ts'
import { excerpt } from '../../domain/values/errors.ts'
import { asClaim, emailClaimItem, nameClaimItem } from '../../records/claims.ts'
import { asCustomer } from '../../records/customers.ts'
import { tombstoneTtl } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { asServer, serverItem } from '../../records/servers.ts'
import { asUser } from '../../records/users.ts'
import { type Item, type Versioned, versionOf } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import type { Context } from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'

/** The names that an event uses: of a customer, and as needed of a user, a project, a server. */
export type Names = { customerId: string; email?: string; project?: string; serverId?: string }

/**
 * What the names stand for at the change's stamp, read together. Waits for a customer that isn't there yet and refuses
 * what is newer than a closing.
 */
export async function resolve({ table, stamp }: Context, names: Names) {
  const { customerId, email, project, serverId } = names
  const emailKey = keys.email(customerId, email ?? '')
  const nameKey = keys.projectName(customerId, projectNameKey(project ?? ''))
  const isMain = project !== undefined && isMainName(customerId, project)
  const [customer, emailClaim, nameClaim, server] = await Promise.all([
    table.get(keys.customer(customerId)),
    email === undefined ? undefined : table.get(emailKey),
    project === undefined || isMain ? undefined : table.get(nameKey),
    serverId === undefined ? undefined : table.get(keys.server(customerId, serverId)),
  ])
  return {
    customer: requireNamedCustomer(asCustomer(customer), customerId, stamp),
    emailKey,
    emailClaim: asClaim(emailClaim),
    userId: holderAt(asClaim(emailClaim), stamp)?.id,
    nameKey,
    nameClaim: asClaim(nameClaim),
    projectId: isMain ? mainProjectId : holderAt(asClaim(nameClaim), stamp)?.id,
    server: asServer(server),
  }
}

type Resolved = Awaited<ReturnType<typeof resolve>>

function requireNamedCustomer(customer: Versioned<Customer> | undefined, customerId: string, stamp: string) {
  if (!customer) {
    const dependency = { key: keys.customer(customerId), expectedVersion: 'absent' as const }
    throw new PendingDependency('not-found', `customer ${customerId} is not known`, dependency)
  }
  refuseIfClosed(customer, stamp)
  return customer
}

/** The customer, for a change to it or to anything of it. */
export async function requireCustomer(context: Context, customerId: string): Promise<Versioned<Customer>> {
  return (await resolve(context, { customerId })).customer
}

/** The user of an e-mail address, still there or deleted after the change's stamp; what is `said` waits for one to come. */
export async function findNamedUser(
  context: Context,
  { customerId, user: email }: { customerId: string; user: string },
  said: UnclaimedFacts = {},
): Promise<{ user: Versioned<User>; claim: Versioned<Claim> | undefined }> {
  const names = await resolve(context, { customerId, email })
  const item = await getIfNamed(context.table, names.userId, (id) => keys.user(customerId, id))
  return { user: requireUser(context, names, email, asUser(item), said), claim: names.emailClaim }
}

/** The project of a name, likewise. */
export async function findNamedProject(
  context: Context,
  { customerId, name }: { customerId: string; name: string },
  said: UnclaimedFacts = {},
): Promise<{ project: Versioned<Project>; claim: Versioned<Claim> | undefined }> {
  const names = await resolve(context, { customerId, project: name })
  const item = await getIfNamed(context.table, names.projectId, (id) => keys.project(customerId, id))
  return { project: requireProject(context, names, name, asProject(item), said), claim: names.nameClaim }
}

/** The server of an id, likewise. */
export async function requireServer(
  context: Context,
  name: { customerId: string; serverId: string },
): Promise<Versioned<Server>> {
  return requireNamedServer(context, await resolve(context, name), name.serverId)
}

export async function getIfNamed(
  table: Table,
  id: string | undefined,
  key: (id: string) => { pk: string; sk: string },
): Promise<Item | undefined> {
  return id === undefined ? undefined : table.get(key(id))
}

const nobody = { holders: [] }

/** The claim with what is said of its name; `undefined` where it is there and says that already. */
export function claimSaying(claim: Claim | undefined, said: UnclaimedFacts): Claim | undefined {
  const more = withFacts(claim?.said, said)
  return claim && !more ? undefined : { ...(claim ?? nobody), said: more }
}

/** Of a name that nobody has ever had, what is said is kept as long as any marker. */
const ttlOf = ({ holders }: Claim, table: Table) =>
  holders.length > 0 ? undefined : tombstoneTtl(table.now())

export function requireUser(
  { stamp, table }: Context,
  names: Resolved,
  email: string,
  user: Versioned<User> | undefined,
  said: UnclaimedFacts = {},
) {
  if (user && (!user.deleted || user.deleted >= stamp)) return user
  const { customer, emailKey: key, emailClaim } = names
  const claim = claimSaying(emailClaim, said)
  const put = claim && { ...emailClaimItem(customer.id, email, claim), ttl: ttlOf(claim, table) }
  throw new PendingDependency('not-found', 'no user has this e-mail address', {
    key,
    expectedVersion: versionOf(emailClaim),
    put,
  })
}

export function requireProject(
  { stamp, table }: Context,
  names: Resolved,
  name: string,
  project: Versioned<Project> | undefined,
  said: UnclaimedFacts = {},
) {
  const end = project && endOf(project)
  if (project && (!end || end >= stamp)) return project
  const { customer, nameKey: key, nameClaim } = names
  const claim = claimSaying(nameClaim, said)
  const put = claim && { ...nameClaimItem(customer.id, name, claim), ttl: ttlOf(claim, table) }
  throw new PendingDependency('not-found', 'no project has this name', {
    key,
    expectedVersion: versionOf(nameClaim),
    put,
  })
}

export function requireNamedServer({ stamp, table, now }: Context, names: Resolved, serverId: string) {
  const { server, customer } = names
  if (server && (server.exists || (server.lastDeleted ?? '') > stamp)) return server
  const times = { createdAt: now, updatedAt: now }
  const unseen = { id: serverId, customerId: customer.id, hostname: '', exists: false, stamp: '', ...times }
  const dependency = {
    key: keys.server(customer.id, serverId),
    expectedVersion: versionOf(server),
    put: server ? undefined : serverItem(unseen, tombstoneTtl(table.now())),
  }
  throw new PendingDependency('not-found', `server ${excerpt(serverId)} is not known`, dependency)
}
