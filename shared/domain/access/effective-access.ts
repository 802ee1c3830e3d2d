import { capabilities, type Capability } from '../entities/capability.ts'
import { highestLevel, levels, type Role, services } from '../entities/role.ts'
import type { Instant } from '../values/instant.ts'
import { type AllowedReason, decide, type Facts, type ResourceRef } from './decide.ts'
import { actionsOn, resourceTypes } from './permissions.ts'

/** Permissions with the same reason and the same end; `expiresAt` only if they end by themselves. */
export type EffectiveRight = {
  permissions: readonly string[]
  reason: AllowedReason
  expiresAt: Instant | undefined
}

/** All permissions of the user on the resource, as `decide` allows them now; grouped by reason and end. */
export function effectiveRights(facts: Facts, ref: ResourceRef): EffectiveRight[] {
  const type = resourceTypes.find((name) => name === ref.type)
  const groups = new Map<string, EffectiveRight & { permissions: string[] }>()
  for (const action of type ? actionsOn[type] : []) {
    const decision = decide(facts, action, ref)
    if (!decision.allowed) continue
    const { reason } = decision
    const expiresAt = endOf(facts, action, ref)
    const key = JSON.stringify([reason, expiresAt])
    const group = groups.get(key) ?? { permissions: [], reason, expiresAt }
    group.permissions.push(action)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** The first expiry of a grant at which `decide` denies the action. */
function endOf(facts: Facts, action: string, { type, id }: ResourceRef): Instant | undefined {
  const held = [facts.grants.get('project/main'), facts.grants.get(`${type}/${id}`)]
  const ends = held.flatMap((grant) => grant?.expiresAt ?? []).filter((end) => end > facts.now)
  return ends.sort().find((now) => !decide({ ...facts, now }, action, { type, id }).allowed)
}

/** The roles that amount to these permissions: the highest level of each service, or `full`. */
export function rolesOf(permissions: ReadonlySet<string>): Role[] {
  const highest = services.flatMap((service) => {
    const level = levels.findLast((each) => permissions.has(`${service}.${each}`))
    return level ? [`${service}:${level}` as const] : []
  })
  const isFull =
    highest.length === services.length && highest.every((role) => role.endsWith(`:${highestLevel}`))
  return isFull ? ['full'] : highest
}

export const capabilitiesOf = (permissions: ReadonlySet<string>): Capability[] =>
  capabilities.filter((name) => permissions.has(`server.${name}`))
