import type { Capability } from './capability.ts'
import type { Decision, ResourceRef } from './decide.ts'
import type { GrantedResource } from './grant.ts'
import type { Instant } from './instant.ts'
import { serverCapability, servicePermission } from './permission.ts'
import { mainProjectId } from './project-name.ts'
import type { Level } from './role.ts'

/** A calendar day in UTC, `2026-11-27`. */
export type Day = string

export const dayOf = (date: Date): Day => date.toISOString().slice(0, 10)

/** Somebody has made use of what they hold on something, at this level. */
export type Use = { customerId: string; userId: string; resource: GrantedResource; level: Level }

/** The last day on which each level was made use of. */
export type LastUse = Partial<Record<Level, Day>>

/** What is known of a user's use of a project or server, and when a review last had it. */
export type UseRecord = {
  lastUse: LastUse
  reviewedAt?: Instant | undefined
  reviewedIn?: string | undefined
}

const capabilityLevels: Record<Capability, Level> = {
  view: 'read',
  monitoring: 'read',
  power: 'operate',
  console: 'operate',
  rescue: 'operate',
  snapshot: 'operate',
  backup: 'operate',
  network: 'operate',
  rdns: 'operate',
  reinstall: 'manage',
  resize: 'manage',
  cancel: 'manage',
}

/** The level of a project's roles that a capability of a server is like. */
export const levelOfCapability = (capability: Capability): Level => capabilityLevels[capability]

/**
 * Of what somebody makes use by what was decided of them: of the project or server whose grant allowed it, and of the
 * membership of Main where no other did. `undefined` for what was refused, and for what needs no grant at all: everybody
 * reads about themselves, also who might read about everybody.
 */
export function useOf(
  customerId: string,
  userId: string,
  action: string,
  { allowed, reason }: Decision,
  { type, id }: ResourceRef,
): Use | undefined {
  const isAboutSelf = action === 'user.read' && type === 'user' && id === userId
  if (!allowed || isAboutSelf || reason.code === 'self') return undefined
  const level = levelOf(action)
  if (reason.code === 'assignment') return { customerId, userId, resource: { kind: 'server', id }, level }
  const isOfProject =
    servicePermission(action) !== undefined || (action === 'project.read' && reason.code === 'membership')
  const resource = { kind: 'project', id: isOfProject ? id : mainProjectId } as const
  return { customerId, userId, resource, level }
}

function levelOf(action: string): Level {
  const service = servicePermission(action)
  if (service) return service.level
  const capability = serverCapability(action)
  if (capability) return levelOfCapability(capability)
  return action.endsWith('.read') ? 'read' : 'manage'
}
