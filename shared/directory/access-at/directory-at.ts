import type { Facts, ResourceRef } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import { type GrantedResource, mainResource, type StoredGrant } from '../../domain/entities/grant.ts'
import type { User } from '../../domain/entities/user.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { asGrant, grantKeyOf } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { asServer } from '../../records/servers.ts'
import { asUser } from '../../records/users.ts'
import type { Item } from '../../table/item.ts'
import { type Key, keys, keyText } from '../../table/keys.ts'
import { nameOf } from './past.ts'
import { pastCustomer, pastGrant, pastProject, pastServer, pastUser } from './audited-store.ts'
import type { Reading } from './read-past.ts'

/** The customer's directory at a time: what has changed since is taken from the audit trail, all else from `items`. */
export type DirectoryAt = {
  time: Instant
  /** Absent if the customer wasn't there yet. */
  customer: Customer | undefined
  user: (userId: string) => User | undefined
  /** Facts about a user and a resource, for `decide` at that time; absent if the user wasn't there. */
  factsOf: (userId: string, ref: ResourceRef) => (Facts & { customer: Customer; user: User }) | undefined
}

/** The resource of grants that decisions on this one depend on; of the customer and its users it is Main. */
export function grantedResourceOf({ type, id }: ResourceRef): GrantedResource {
  return type === 'project' || type === 'server' ? { kind: type, id } : mainResource
}

/** Keys of the items that decisions about the user and the resource depend on, besides the customer and the resource. */
export function subjectKeys(customerId: string, userId: string, ref: ResourceRef): Key[] {
  const { kind, id } = grantedResourceOf(ref)
  const main = keys.grant(customerId, userId, mainResource.kind, mainResource.id)
  const isMain = kind === mainResource.kind && id === mainResource.id
  return [keys.user(customerId, userId), main, ...(isMain ? [] : [keys.grant(customerId, userId, kind, id)])]
}

/** `items` are the present ones, by key; what isn't among them is absent. */
export function directoryAt(
  time: Instant,
  present: Customer,
  { past }: Pick<Reading, 'past'>,
  items: ReadonlyMap<string, Item>,
): DirectoryAt {
  const customerId = present.id
  const itemAt = (key: Key) => items.get(keyText(key))
  const changed = past.get(nameOf('customer', customerId))
  const customer = changed ? pastCustomer(changed, present) : present

  function user(id: string): User | undefined {
    const state = past.get(nameOf('user', id))
    const found = state ? pastUser(state, { id, customerId }) : asUser(itemAt(keys.user(customerId, id)))
    return found?.deleted ? undefined : found
  }

  function resourceOf({ type, id }: ResourceRef): Facts['resource'] {
    if (type === 'user') {
      const found = user(id)
      return found && { type, user: found }
    }
    const state = past.get(`${type}/${id}`)
    if (type === 'project') {
      const project = state
        ? pastProject(state, { id, customerId })
        : asProject(itemAt(keys.project(customerId, id)))
      return project && { type, project }
    }
    if (type !== 'server') return undefined
    const server = state
      ? pastServer(state, { id, customerId })
      : asServer(itemAt(keys.server(customerId, id)))
    return server && { type, server }
  }

  function grantOf(userId: string, resource: GrantedResource): StoredGrant | undefined {
    const type = resource.kind === 'project' ? 'membership' : 'assignment'
    const state = past.get(nameOf(type, `${resource.id}/${userId}`))
    return state
      ? pastGrant(state, { customerId, userId, resource })
      : asGrant(itemAt(keys.grant(customerId, userId, resource.kind, resource.id)))
  }

  return {
    time,
    customer,
    user,
    factsOf: (userId, ref) => {
      const found = user(userId)
      if (!customer || !found) return undefined
      const grants = [mainResource, grantedResourceOf(ref)].map((resource) => grantOf(userId, resource))
      return {
        now: time,
        customer,
        user: found,
        grants: new Map(
          grants
            .filter((grant) => grant !== undefined)
            .map((grant) => [grantKeyOf(grant.resource), grant] as const),
        ),
        main: mainProjectOf(customer),
        resource: resourceOf(ref),
      }
    },
  }
}
