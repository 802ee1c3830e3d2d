import type { Decision, ResourceRef } from '../domain/access/decide.ts'
import { serverCapability, servicePermission } from '../domain/access/permissions.ts'
import type { Capability } from '../domain/entities/capability.ts'
import type { GrantedResource } from '../domain/entities/grant.ts'
import { mainProjectId } from '../domain/entities/project.ts'
import { type Level, levels } from '../domain/entities/role.ts'
import { isId } from '../domain/values/id.ts'
import type { Instant } from '../domain/values/instant.ts'

/** A calendar day in UTC, `2026-11-27`. */
export type Day = string

export const dayOf = (date: Date): Day => date.toISOString().slice(0, 10)

/** Somebody has made use of what they hold on something, at this level. */
export type Usage = { customerId: string; userId: string; resource: GrantedResource; level: Level }

/** The last day on which each level was made use of. */
export type LastUsage = Partial<Record<Level, Day>>

/** What is known of a user's use of a project or server, and when a review last had it. */
export type UsageRecord = {
  lastUse: LastUsage
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
export function usageOf(
  customerId: string,
  userId: string,
  action: string,
  { allowed, reason }: Decision,
  { type, id }: ResourceRef,
): Usage | undefined {
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

/** The message of the log line that tells of a use. */
export const usedMessage = 'a right was used'

/** A use as one field of a log line, beside that of the customer: `usr_… project/prj_… read`. */
export const usageText = ({ userId, resource: { kind, id }, level }: Usage): string =>
  `${userId} ${kind}/${id} ${level}`

/** Reads what `useText` wrote of a customer's user; `undefined` if it isn't that. */
export function parseUsage(customerId: string, text: string): Usage | undefined {
  const [, userId = '', kind, id = '', name] = /^(\S+) (project|server)\/(\S+) (\S+)$/.exec(text) ?? []
  const level = levels.find((each) => each === name)
  if (!level || ![customerId, userId, id].every(isId)) return undefined
  return { customerId, userId, resource: { kind: kind === 'project' ? 'project' : 'server', id }, level }
}
