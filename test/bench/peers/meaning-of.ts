import type { Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import { assignmentOf, membershipOf } from '../../../shared/domain/access/membership.ts'
import { isLive } from '../../../shared/domain/entities/project.ts'
import { isMainCustomer, typeOf } from '../../../shared/domain/entities/user.ts'
import { dateOf, type Instant } from '../../../shared/domain/values/instant.ts'
import type { Meaning, Terms } from './meaning.ts'

type Held = { expiresAt?: Instant | undefined }

const terms = (names: readonly string[], { expiresAt }: Held): Terms => ({
  names,
  until: expiresAt === undefined ? undefined : dateOf(expiresAt).getTime(),
})

/** What the facts mean: histories resolved to what holds at the moment. */
export function meaningOf(facts: Facts, action: string, { type, id }: ResourceRef): Meaning {
  const { customer, main, grants, now } = facts
  const user = presentUser(facts)
  const inMain = user && main && membershipOf(user, main, grants.get('project/main'))
  return {
    action,
    now: dateOf(now).getTime(),
    customer: customer?.status ?? 'none',
    user: { id: user?.id ?? 'nobody', type: user ? typeOf(user) : 'none', status: user?.status ?? 'none' },
    main: inMain && terms(inMain.roles, inMain),
    resource: { kind: type, id, isMain: false, isMainCustomer: false, ...resourceOf(facts, type, id) },
  }
}

const presentUser = ({ user }: Facts) => (user?.deleted ? undefined : user)

type About = Pick<Meaning['resource'], 'exists' | 'held'> & Partial<Meaning['resource']>

function resourceOf(facts: Facts, type: string, id: string): About {
  const { customer, grants, resource } = facts
  const user = presentUser(facts)
  if (type === 'customer') return { exists: id === customer?.id, held: undefined }
  if (resource?.type === 'user') {
    const other = resource.user
    return { exists: !other.deleted, isMainCustomer: isMainCustomer(other), held: undefined }
  }
  if (resource?.type === 'project') {
    const { project } = resource
    const held = user && membershipOf(user, project, grants.get(`project/${id}`))
    return { exists: isLive(project), isMain: project.kind === 'main', held: held && terms(held.roles, held) }
  }
  if (resource?.type !== 'server') return { exists: false, held: undefined }
  const held = user && assignmentOf(user, resource.server, grants.get(`server/${id}`))
  return { exists: resource.server.exists, held: held && terms(held.capabilities, held) }
}
