import { decide, type Facts } from '../../domain/access/decide.ts'
import { isImplicitMember } from '../../domain/access/membership.ts'
import type { Project } from '../../domain/entities/project.ts'
import type { Server } from '../../domain/entities/server.ts'
import type { User } from '../../domain/entities/user.ts'
import { asProject, listProjects } from '../../records/projects.ts'
import { asServer, listServers } from '../../records/servers.ts'
import { type Key, keys } from '../../table/keys.ts'
import { trimPage, fillPage, type Page, type PageRequest } from '../../table/query.ts'
import type { Table } from '../../table/table.ts'

/** Facts about an existing user. */
export type Caller = Facts & { user: User }

type Kind<T> = {
  type: 'project' | 'server'
  key: (customerId: string, id: string) => Key
  list: (table: Table, customerId: string, part: PageRequest) => Promise<Page<T>>
  read: (table: Table, wanted: readonly Key[]) => Promise<(T | undefined)[]>
  asResource: (entity: T) => Facts['resource']
}

const projectKind: Kind<Project> = {
  type: 'project',
  key: keys.project,
  list: listProjects,
  read: async (table, wanted) => (await table.getMany(wanted)).map(asProject),
  asResource: (project) => ({ type: 'project', project }),
}

const serverKind: Kind<Server> = {
  type: 'server',
  key: keys.server,
  list: listServers,
  read: async (table, wanted) => (await table.getMany(wanted)).map(asServer),
  asResource: (server) => ({ type: 'server', server }),
}

/**
 * Lists the projects that the caller may read, oldest first after Main; without a caller all. Six requests at most.
 */
export const listReadableProjects = listReadable(projectKind)
/** Lists the servers that the caller may read, by id, likewise. */
export const listReadableServers = listReadable(serverKind)

type ListFilter<T> = {
  /** Selects entities; absent: all. */
  fits?: ((entity: T) => boolean) | undefined
  /** Reads of the list, at most. */
  rounds?: number
}

/** Entities that a filtered page reads in one round. */
const filteredPage = 300

function listReadable<T extends { id: string }>(kind: Kind<T>) {
  return (
    table: Table,
    customerId: string,
    caller: Caller | undefined,
    page: PageRequest,
    { fits, rounds = 4 }: ListFilter<T> = {},
  ): Promise<Page<T>> => {
    const keyOf = ({ id }: { id: string }) => kind.key(customerId, id)
    const isShown = (entity: T) => (!caller || isReadable(kind, caller, entity)) && (!fits || fits(entity))
    const widened = (part: PageRequest) => (fits ? { ...part, limit: filteredPage } : part)
    if (!caller || isImplicitMember(caller.user)) {
      const list = async (part: PageRequest) => {
        const { items, next } = await kind.list(table, customerId, widened(part))
        return { items: items.filter(isShown), next }
      }
      return fillPage(page, rounds, list, keyOf)
    }
    const held = heldIds(caller, kind.type)
    const pick = async (part: PageRequest) => {
      const { limit, after } = widened(part)
      const left = held.filter((each) => !after?.sk || keyOf(each).sk > after.sk)
      const { items, next } = trimPage({ items: left }, limit, keyOf)
      const found = await kind.read(table, items.map(keyOf))
      return { items: found.filter((entity) => entity !== undefined).filter(isShown), next }
    }
    return fillPage(page, 2, pick, keyOf)
  }
}

function heldIds({ grants }: Caller, type: string): { id: string }[] {
  const held = [...grants.values()].filter(({ resource, revoked }) => resource.kind === type && !revoked)
  const ids = held.map(({ resource }) => resource.id).sort()
  return ids.map((id) => ({ id }))
}

function isReadable<T extends { id: string }>(kind: Kind<T>, caller: Caller, entity: T): boolean {
  const facts = { ...caller, resource: kind.asResource(entity) }
  return decide(facts, `${kind.type}.read`, { type: kind.type, id: entity.id }).allowed
}
