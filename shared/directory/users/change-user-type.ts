import { type Membership, membershipOf } from '../../domain/access/membership.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { adminSince, type AssignableType } from '../../domain/entities/user-type.ts'
import { isMainCustomer, typeOf, type User } from '../../domain/entities/user.ts'
import { actorName } from '../../domain/values/actor.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { minInstant, type Stamp } from '../../domain/values/instant.ts'
import { asGrant, grantItem } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { findUserWithGrants, userItem } from '../../records/users.ts'
import { type Versioned, versionOf, type Write } from '../../table/item.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { membershipChange, userChange } from '../change/audit-view.ts'
import {
  type Context,
  timestampAfterAll,
  type ChangePlan,
  changePlan,
  unchanged,
} from '../change/change-plan.ts'
import { grantSource } from '../grants/grant-source.ts'
import { afterNewestProject, planAdmins } from './admins.ts'
import { requestCleanupIfVoided, withUserType } from './type-change.ts'

type ChangeUserType = {
  type: AssignableType
  /** Ids of projects in which an admin, a member by type, stays a member. */
  keep?: readonly string[] | undefined
  /** True if a new admin joins the existing projects. */
  joinExisting?: boolean | undefined
}

/**
 * Ends memberships that came with the old type, except those to keep; explicit grants stay if the new type can hold
 * them. A new admin joins the projects created from now on.
 */
export async function changeUserType(
  context: Context,
  user: Versioned<User>,
  input: ChangeUserType,
): Promise<ChangePlan<User>> {
  if (isMainCustomer(user)) {
    throw new DomainError('locked', "the main-customer's type changes by ownership transfer only")
  }
  const { customerId } = user
  const { type } = input
  refuseMisfits(user, input)
  const kept = await readKept(context.table, user, input.keep ?? [])
  if (changesNothing(user, input)) {
    return unchanged(user, [{ key: keys.user(customerId, user.id), expectedVersion: user.version }])
  }
  const [ordered, revoked] = await Promise.all([
    type === 'customer-admin' ? afterNewestProject(context, customerId) : { context, admins: undefined },
    type === 'customer-billing' ? stampsOfGrants(context.table, user) : [],
  ])
  const grantStamps = [user.mainGrant, ...kept.map(({ stored }) => stored)].map((grant) => grant?.stamp)
  const replaced = [user.types.at(-1)?.at, ...grantStamps, ...revoked]
  const at = timestampAfterAll(ordered.context, ...replaced)
  const since = input.joinExisting ? minInstant : undefined
  const updated = { ...withUserType(user, { type, at: at.stamp, since }, at.now), updatedAt: at.now }
  const grants = kept.map((each) => ({ ...each, grant: keptGrant(at, user, each) }))
  const writes: Write[] = [
    { put: userItem(updated), expectedVersion: user.version },
    ...requestCleanupIfVoided(user, updated, at.stamp),
    ...(await planAdmins(at, customerId, [{ before: user, after: updated }], ordered.admins)),
    ...grants.flatMap(({ grant, stored, project }): Write[] => [
      { put: grantItem(grant), expectedVersion: versionOf(stored) },
      { check: keys.project(customerId, project.id), expectedVersion: project.version },
    ]),
  ]
  const changes = [
    userChange({ before: user, after: updated }),
    ...grants.map(({ grant, stored }) => membershipChange({ before: stored, after: grant })),
  ]
  return changePlan(at, { customerId, eventType: 'user.type-changed', writes, changes, after: updated })
}

/** Stamps of events may be minutes ahead: the change must count after them, to revoke what billing can't hold. */
async function stampsOfGrants(table: Table, { customerId, id }: User): Promise<Stamp[]> {
  const { grants } = await findUserWithGrants(table, customerId, id)
  return [...grants.values()].map(({ stamp }) => stamp)
}

function changesNothing(user: User, { type, joinExisting }: ChangeUserType): boolean {
  return typeOf(user) === type && (!joinExisting || adminSince(user.types) === minInstant)
}

function refuseMisfits(user: User, { type, keep = [], joinExisting }: ChangeUserType): void {
  if (joinExisting && type !== 'customer-admin') {
    throw invalid('/joinExisting', 'is for somebody who becomes customer-admin')
  }
  if (keep.length === 0) return
  // A repeated request, after the change, is valid too.
  const isFitting = typeOf(user) === 'customer-admin' || typeOf(user) === type
  if (!isFitting || !['customer-tech', 'customer-client'].includes(type)) {
    throw invalid('/keep', 'is for a customer-admin who becomes customer-tech or customer-client')
  }
}

/** The memberships to keep that were derived from the type; explicit ones stay as they are. */
async function readKept(table: Table, user: User, keep: readonly string[]) {
  const { customerId, id } = user
  const found = await Promise.all(
    keep.map(async (projectId, place) => {
      const [projectItem, storedItem] = await table.getMany([
        keys.project(customerId, projectId),
        keys.grant(customerId, id, 'project', projectId),
      ])
      const [project, stored] = [asProject(projectItem), asGrant(storedItem)]
      const membership = project?.kind === 'openstack' ? membershipOf(user, project, stored) : undefined
      if (!project || !membership) throw invalid(`/keep/${place}`, 'is no project that the user is in')
      return { project, stored, membership }
    }),
  )
  return found.filter(({ membership }) => membership.source === 'type')
}

type Kept = { project: { id: string }; membership: Membership }

function keptGrant({ actor, stamp, now, reason }: Context, user: User, kept: Kept): StoredGrant {
  return {
    customerId: user.customerId,
    userId: user.id,
    resource: { kind: 'project', id: kept.project.id },
    stamp,
    roles: kept.membership.roles,
    capabilities: [],
    source: grantSource(actor),
    grantedBy: actorName(actor),
    grantedAt: now,
    reason,
  }
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError('invalid-request', `${pointer} ${detail}`, [{ pointer, detail }])
}
