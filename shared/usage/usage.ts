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

/** A user has used a grant on this resource, at this level. */
export type Usage = { customerId: string; userId: string; resource: GrantedResource; level: Level }

/** The last day on which each level was used. */
export type LastUsage = Partial<Record<Level, Day>>

/** A user's usage of a project or server, and the last review of the grant. */
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

/** Level of a server's capability, compared with a project's roles. */
export const levelOfCapability = (capability: Capability): Level => capabilityLevels[capability]

/**
 * Returns the usage behind a decision: of the grant on a project or server that allowed the action, else of the membership of
 * Main. `undefined` for a denial, and for actions that need no grant: all users may read themselves, also those who may read
 * everybody.
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

/** Message of the log line of a usage. */
export const usedMessage = 'a right was used'

/** A usage as one field of a log line, beside the customer's: `usr_… project/prj_… read`. */
export const usageText = ({ userId, resource: { kind, id }, level }: Usage): string =>
  `${userId} ${kind}/${id} ${level}`

/** Parses the text of `usageText` for a customer's user; `undefined` for any other text. */
export function parseUsage(customerId: string, text: string): Usage | undefined {
  const [, userId = '', kind, id = '', name] = /^(\S+) (project|server)\/(\S+) (\S+)$/.exec(text) ?? []
  const level = levels.find((each) => each === name)
  if (!level || ![customerId, userId, id].every(isId)) return undefined
  return { customerId, userId, resource: { kind: kind === 'project' ? 'project' : 'server', id }, level }
}
