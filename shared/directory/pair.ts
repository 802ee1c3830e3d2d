import type { GrantedResource, StoredGrant } from '../domain/grant.ts'
import type { Stamp } from '../domain/instant.ts'
import type { Project } from '../domain/project.ts'
import { projectNameKey } from '../domain/project-name.ts'
import type { User } from '../domain/user.ts'
import type { WaitingRevocation } from '../table/grants.ts'
import { asGrant, asWaitingRevocation, markerTtl } from '../table/grants.ts'
import type { Versioned, Write } from '../table/item.ts'
import type { Key } from '../table/keys.ts'
import { keys } from '../table/keys.ts'
import { asProject } from '../table/projects.ts'
import { asUser } from '../table/users.ts'
import { Awaiting } from './awaiting.ts'
import type { Context } from './context.ts'
import type { Resolved } from './resolve.ts'
import { getIfNamed, projectOrWait, resolve, serverOrWait, userOrWait } from './resolve.ts'

/** A user, by e-mail address, and a project by name or a server by id. */
export type PairName = { customerId: string; user: string } & ({ project: string } | { serverId: string })

/** A pair as it is: both ends, its register, and what may hold a grant of it back. */
export type Pair = {
  customerId: string
  user: Versioned<User>
  resource: GrantedResource
  stored: Versioned<StoredGrant> | undefined
  waitingRevocation: Versioned<WaitingRevocation> | undefined
  /** The newest deletion of either end; a grant older than it has no effect. */
  endedAt: Stamp
  /** That both ends still are as they were read: no grant is effective before both exist or after either is gone. */
  checks: Write[]
}

/** Both ends and their register, or a wait for the end that is missing: two requests. */
export async function findPair(context: Context, name: PairName): Promise<Pair> {
  const { customerId, user: email } = name
  const names = await resolve(context, { ...name, email })
  const resource = resourceOf(name, names)
  const pairKey = keys.grant(customerId, names.userId ?? '-', resource.kind, resource.id)
  const [userItem, projectItem, stored, waitingRevocation] = await Promise.all([
    getIfNamed(context.table, names.userId, (id) => keys.user(customerId, id)),
    getIfNamed(context.table, names.projectId, (id) => keys.project(customerId, id)),
    context.table.get(pairKey),
    context.table.get(revocationKey(name)),
  ])
  const user = userOrWait(context, names, email, asUser(userItem))
  const end =
    'serverId' in name
      ? serverEnd(context, names, name)
      : projectEnd(context, names, name.project, asProject(projectItem))
  return {
    customerId,
    user,
    resource,
    stored: asGrant(stored),
    waitingRevocation: asWaitingRevocation(waitingRevocation),
    endedAt: later(user.deleted ?? '', end.endedAt),
    checks: [{ check: keys.user(customerId, user.id), was: user.version }, ...end.checks],
  }
}

type End = { endedAt: Stamp | undefined; checks: Write[] }

function serverEnd(
  context: Context,
  names: Resolved,
  { customerId, serverId }: { customerId: string; serverId: string },
): End {
  const server = serverOrWait(context, names, serverId)
  return {
    endedAt: server.lastDeleted,
    checks: [{ check: keys.server(customerId, serverId), was: server.version }],
  }
}

/** Main is there as long as the customer is. */
function projectEnd(
  context: Context,
  names: Resolved,
  name: string,
  found: Versioned<Project> | undefined,
): End {
  const project = projectOrWait(context, names, name, found)
  const key = keys.project(project.customerId, project.id)
  return {
    endedAt: project.deleted,
    checks: project.kind === 'main' ? [] : [{ check: key, was: project.version }],
  }
}

const later = (a: Stamp, b: Stamp | undefined): Stamp => (b !== undefined && b > a ? b : a)

function resourceOf(name: PairName, { projectId }: Resolved): GrantedResource {
  return 'serverId' in name
    ? { kind: 'server', id: name.serverId }
    : { kind: 'project', id: projectId ?? '-' }
}

export function revocationKey(name: PairName): Key {
  const { customerId, user } = name
  return 'serverId' in name
    ? keys.revocation(customerId, 'server', name.serverId, user)
    : keys.revocation(customerId, 'project', projectNameKey(name.project), user)
}

/**
 * As `findPair`. A revocation that has to wait for one of its ends leaves word, by the names it uses, in the same
 * transaction; no older grant of the pair passes it. That holds because a grant reads it after it saw both ends, and
 * the word is only left while an end is missing.
 */
export async function findPairToRevoke(context: Context, name: PairName): Promise<Pair> {
  try {
    return await findPair(context, name)
  } catch (error) {
    if (!(error instanceof Awaiting)) throw error
    throw new Awaiting(error.code, error.message, error.awaited, await leaveWord(context, name))
  }
}

async function leaveWord({ table, stamp }: Context, name: PairName): Promise<Write[]> {
  const key = revocationKey(name)
  const left = asWaitingRevocation(await table.get(key))
  if (left && left.stamp >= stamp) return []
  return [{ put: { ...key, stamp, ttl: markerTtl(table.now()) }, was: left?.version }]
}
