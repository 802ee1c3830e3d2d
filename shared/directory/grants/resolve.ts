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
import { type Versioned, versionOf } from '../../table/item.ts'
import { type Key, keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import type { Context } from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'

/*
 * Finds the entities that an event names, as of the event's stamp. Each function requires the customer first, and throws
 * `PendingDependency` for whatever doesn't exist yet. Reads that start together share one request.
 */

/** Returns the customer for a change to it or to anything of it. Refuses changes that are newer than its closing. */
export async function requireCustomer(
  { table, stamp }: Context,
  customerId: string,
): Promise<Versioned<Customer>> {
  const key = keys.customer(customerId)
  const customer = asCustomer(await table.get(key))
  if (!customer) {
    throw new PendingDependency('not-found', `customer ${customerId} is not known`, {
      key,
      expectedVersion: 'absent',
    })
  }
  refuseIfClosed(customer, stamp)
  return customer
}

/** A name with the claim to it, and the id of its holder at the change's stamp. */
export type ResolvedName = {
  customerId: string
  name: string
  key: Key
  claim: Versioned<Claim> | undefined
  holderId: string | undefined
}

export function resolveEmail(context: Context, customerId: string, email: string): Promise<ResolvedName> {
  return resolveName(context, customerId, email, keys.email(customerId, email))
}

/** The Main project holds its name without a claim. */
export async function resolveProjectName(
  context: Context,
  customerId: string,
  name: string,
): Promise<ResolvedName> {
  const key = keys.projectName(customerId, projectNameKey(name))
  if (!isMainName(customerId, name)) return resolveName(context, customerId, name, key)
  await requireCustomer(context, customerId)
  return { customerId, name, key, claim: undefined, holderId: mainProjectId }
}

async function resolveName(
  context: Context,
  customerId: string,
  name: string,
  key: Key,
): Promise<ResolvedName> {
  const [item] = await Promise.all([context.table.get(key), requireCustomer(context, customerId)])
  const claim = asClaim(item)
  return { customerId, name, key, claim, holderId: holderAt(claim, context.stamp)?.id }
}

/** A server's id with the server, which may be a tombstone; `undefined`: the id was never seen. */
export type ResolvedServer = {
  customerId: string
  serverId: string
  server: Versioned<Server> | undefined
}

export async function resolveServerId(
  context: Context,
  { customerId, serverId }: { customerId: string; serverId: string },
): Promise<ResolvedServer> {
  const [item] = await Promise.all([
    context.table.get(keys.server(customerId, serverId)),
    requireCustomer(context, customerId),
  ])
  return { customerId, serverId, server: asServer(item) }
}

/**
 * Returns the user of an e-mail address, which exists or was deleted after the change's stamp. Where there is none, the
 * thrown dependency stores the `facts` with the claim, for the user who turns out to hold the address.
 */
export async function resolveUser(
  context: Context,
  { customerId, user: email }: { customerId: string; user: string },
  facts: UnclaimedFacts = {},
): Promise<{ user: Versioned<User>; claim: Versioned<Claim> | undefined }> {
  const name = await resolveEmail(context, customerId, email)
  const user = await readUser(context.table, name)
  return { user: requireUser(context, name, user, facts), claim: name.claim }
}

/** Returns the project of a name, likewise. */
export async function resolveProject(
  context: Context,
  { customerId, name: text }: { customerId: string; name: string },
  facts: UnclaimedFacts = {},
): Promise<{ project: Versioned<Project>; claim: Versioned<Claim> | undefined }> {
  const name = await resolveProjectName(context, customerId, text)
  const project = await readProject(context.table, name)
  return { project: requireProject(context, name, project, facts), claim: name.claim }
}

/** Returns the server of an id, likewise. */
export async function resolveServer(
  context: Context,
  id: { customerId: string; serverId: string },
): Promise<Versioned<Server>> {
  return requireServer(context, await resolveServerId(context, id))
}

export async function readUser(table: Table, { customerId, holderId }: ResolvedName) {
  return holderId === undefined ? undefined : asUser(await table.get(keys.user(customerId, holderId)))
}

export async function readProject(table: Table, { customerId, holderId }: ResolvedName) {
  return holderId === undefined ? undefined : asProject(await table.get(keys.project(customerId, holderId)))
}

/** The claim with these facts; `undefined` if it exists and has them already. */
export function claimWithFacts(claim: Claim | undefined, facts: UnclaimedFacts): Claim | undefined {
  const more = withFacts(claim?.unclaimed, facts)
  if (claim && !more) return undefined
  return { ...(claim ?? { holders: [] }), unclaimed: more }
}

export function requireUser(
  { stamp, table }: Context,
  name: ResolvedName,
  user: Versioned<User> | undefined,
  facts: UnclaimedFacts = {},
): Versioned<User> {
  if (user && (!user.deleted || user.deleted >= stamp)) return user
  throw nobodyHolds(table, name, 'no user has this e-mail address', facts, emailClaimItem)
}

export function requireProject(
  { stamp, table }: Context,
  name: ResolvedName,
  project: Versioned<Project> | undefined,
  facts: UnclaimedFacts = {},
): Versioned<Project> {
  const end = project && endOf(project)
  if (project && (!end || end >= stamp)) return project
  throw nobodyHolds(table, name, 'no project has this name', facts, nameClaimItem)
}

function nobodyHolds(
  table: Table,
  { customerId, name, key, claim }: ResolvedName,
  reason: string,
  facts: UnclaimedFacts,
  claimItem: (customerId: string, name: string, claim: Claim) => Key & Record<string, unknown>,
): PendingDependency {
  const updated = claimWithFacts(claim, facts)
  const put = updated && { ...claimItem(customerId, name, updated), ttl: ttlOf(updated, table) }
  return new PendingDependency('not-found', reason, { key, expectedVersion: versionOf(claim), put })
}

/** A claim that nobody has ever held is kept as long as any tombstone. */
const ttlOf = ({ holders }: Claim, table: Table) =>
  holders.length > 0 ? undefined : tombstoneTtl(table.now())

export function requireServer(
  { stamp, table, now }: Context,
  { customerId, serverId: id, server }: ResolvedServer,
): Versioned<Server> {
  if (server && (server.exists || (server.lastDeleted ?? '') > stamp)) return server
  const times = { createdAt: now, updatedAt: now }
  const unseen: Server = { id, customerId, hostname: '', exists: false, stamp: '', ...times }
  throw new PendingDependency('not-found', `server ${excerpt(id)} is not known`, {
    key: keys.server(customerId, id),
    expectedVersion: versionOf(server),
    put: server ? undefined : serverItem(unseen, tombstoneTtl(table.now())),
  })
}
