import { capabilities } from '../../entities/capability.ts'
import type { GrantedResource } from '../../entities/grant.ts'
import { mainProjectId } from '../../entities/project.ts'
import { mainRoles } from '../../entities/role.ts'
import { decide, type Facts, type ResourceRef } from '../decide.ts'
import { supposeGranted } from '../explain/suppose.ts'
import { placeholderFor, placeholderUser } from '../placeholder.ts'

/**
 * A search asks `decide` about every subject or resource that it might allow. Which those are is found out by asking it
 * about placeholders, who hold nothing or all that can be granted, so that no right is known here.
 */

const main: GrantedResource = { kind: 'project', id: mainProjectId }
const nothing: Facts['grants'] = new Map()

/** Beside the main-customer and the admins, whom a customer lists. */
export type SubjectsToAsk = {
  /** Users with a grant on this. */
  holdersOf?: GrantedResource
  /** Of those of Main, only users whose type comes with the membership. */
  byType?: true
  /** The user whom the question is about. */
  self?: string
}

/** Returns whom to ask; `undefined` if nobody may. `facts` have no subject. */
export function subjectsToAsk(facts: Facts, action: string, ref: ResourceRef): SubjectsToAsk | undefined {
  const { customer, resource } = facts
  const isAllowed = (subject: Facts) => decide(subject, action, ref).allowed
  const as = (...[type, id]: Parameters<typeof placeholderUser>): Facts => ({
    ...facts,
    user: placeholderUser(type, id),
    grants: nothing,
  })
  // No right is above those of the main-customer.
  if (!customer || !isAllowed(as('main-customer', customer.mainCustomerId))) return undefined
  const self = resource?.type === 'user' && isAllowed(as('customer-client', resource.user.id))
  const also = self ? { self: resource.user.id } : {}
  const mayGain = (...resources: GrantedResource[]) =>
    byGrantOnly.some((type) => isAllowed(resources.reduce(withAll, as(type, ''))))
  if (mayGain(main)) return { holdersOf: main, ...also }
  const on = grantedResource(ref)
  if (on && mayGain(main, on)) return { holdersOf: on, ...also }
  return isAllowed(as('customer-billing', '')) ? { holdersOf: main, byType: true, ...also } : also
}

/** Types that are members of nothing unless it is granted. */
const byGrantOnly = ['customer-tech', 'customer-client'] as const

function grantedResource({ type, id }: ResourceRef): GrantedResource | undefined {
  return type === 'project' || type === 'server' ? { kind: type, id } : undefined
}

/** The facts of a subject who holds all that there is on the resource. */
function withAll(facts: Facts, on: GrantedResource): Facts {
  const roles = on.kind === 'server' ? [] : on.id === mainProjectId ? mainRoles : ['full']
  return supposeGranted(facts, on, { roles, capabilities: on.kind === 'server' ? capabilities : [] })
}

/**
 * Which resources of a type a user may do something with: possibly every one, only what it holds a grant on (of users:
 * only itself), or none.
 */
export type Reach = 'all' | 'held' | 'none'

const future = '9999-12-31T23:59:59.999999999Z'

/** `facts` are about the subject, with its stored grant of Main. */
export function reachOf(facts: Facts, action: string, type: 'user' | 'project' | 'server'): Reach {
  const ref = { type, id: '' }
  const resource = placeholderFor(ref, future)
  const own = facts.grants.get('project/main')
  const asked: Facts = { ...facts, resource, grants: new Map(own && [['project/main', own]]) }
  if (decide(asked, action, ref).allowed) return 'all'
  const { user } = facts
  if (type === 'user') {
    return user && decide({ ...asked, resource: { type, user } }, action, ref).allowed ? 'held' : 'none'
  }
  const held = withAll(asked, { kind: type, id: '' })
  return decide(held, action, ref).allowed ? 'held' : 'none'
}
