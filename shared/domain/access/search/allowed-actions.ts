import { decide, type Facts, type ResourceRef } from '../decide.ts'
import { actionsOn, resourceTypes } from '../permissions.ts'

/** All that the subject may do with the resource, by name. */
export function allowedActions(facts: Facts, ref: ResourceRef): string[] {
  const type = resourceTypes.find((name) => name === ref.type)
  const actions = type ? [...actionsOn[type]] : []
  return actions.filter((action) => decide(facts, action, ref).allowed).sort()
}
