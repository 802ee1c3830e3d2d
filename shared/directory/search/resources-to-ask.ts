import type { Facts } from '../../domain/access/decide.ts'
import type { Reach } from '../../domain/access/search/where-to-look.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import { isMainCustomer } from '../../domain/entities/user.ts'
import { asGrant } from '../../records/grants.ts'
import { asProject, listProjects } from '../../records/projects.ts'
import { asServer, listServers } from '../../records/servers.ts'
import { keys } from '../../table/keys.ts'
import { type Page, trimPage } from '../../table/query.ts'
import type { Reads } from '../../table/table.ts'
import type { Caller } from '../facts/list-readable.ts'
import type { Part } from './candidates.ts'

type Candidate = { id: string; resource: Facts['resource']; stored: StoredGrant | undefined }
type Kind = 'project' | 'server'
type ReadCandidates = (part: Part) => Promise<Page<Candidate>>

/** Reads some of the projects or servers, by id, on which the user could do something. */
export function resourcesToAsk(reads: Reads, subject: Caller, kind: Kind, reach: Reach): ReadCandidates {
  if (reach === 'none') return async () => ({ items: [] })
  return reach === 'all' ? readAll(reads, subject, kind) : readHeld(reads, subject, kind)
}

/** All of the customer's, with the grants that may narrow what comes with the type. */
function readAll(reads: Reads, { user }: Caller, kind: Kind): ReadCandidates {
  const { customerId } = user
  const prefix = keys[kind](customerId, '').sk
  return async ({ limit, after }) => {
    const page = { limit, after: after === undefined ? undefined : keys[kind](customerId, after) }
    const { items, next } =
      kind === 'project'
        ? await listOf(listProjects(reads, customerId, page), asProjectFact)
        : await listOf(listServers(reads, customerId, page), asServerFact)
    const areNarrowed = kind === 'project' && !isMainCustomer(user)
    const stored = areNarrowed
      ? await reads.getMany(items.map(({ id }) => keys.grant(customerId, user.id, kind, id)))
      : []
    return {
      items: items.map((each, place) => ({ ...each, stored: asGrant(stored[place]) })),
      next: next?.sk === undefined ? undefined : { id: next.sk.slice(prefix.length) },
    }
  }
}

type Listed = Omit<Candidate, 'stored'>

async function listOf<T extends { id: string }>(
  page: Promise<Page<T>>,
  asFact: (entity: T) => Facts['resource'],
): Promise<Page<Listed>> {
  const { items, next } = await page
  return { items: items.map((entity) => ({ id: entity.id, resource: asFact(entity) })), next }
}

const asProjectFact = (project: Project): Facts['resource'] => ({ type: 'project', project })
const asServerFact = (server: Server): Facts['resource'] => ({ type: 'server', server })

/** What the user has a stored grant on. */
function readHeld(reads: Reads, { user }: Caller, kind: Kind): ReadCandidates {
  const { customerId, id: userId } = user
  const { pk, sk: prefix } = keys.grant(customerId, userId, kind, '')
  return async ({ limit, after }) => {
    const found = await reads.queryPage({
      partition: pk,
      prefix,
      limit: limit + 1,
      after: after === undefined ? undefined : keys.grant(customerId, userId, kind, after),
    })
    const { items, next } = trimPage(found, limit, ({ sk }) => ({ sk }))
    const grants = items.map(asGrant).filter((grant) => grant !== undefined && !grant.revoked)
    const resources = await reads.getMany(
      grants.map((grant) => keys[kind](customerId, grant?.resource.id ?? '')),
    )
    const candidates = grants.flatMap((stored, place): Candidate[] => {
      const project = kind === 'project' ? asProject(resources[place]) : undefined
      const server = kind === 'server' ? asServer(resources[place]) : undefined
      const resource = project ? asProjectFact(project) : server && asServerFact(server)
      return stored ? [{ id: stored.resource.id, resource, stored }] : []
    })
    return {
      items: candidates,
      next: next?.sk === undefined ? undefined : { id: next.sk.slice(prefix.length) },
    }
  }
}
