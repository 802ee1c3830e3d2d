import type { ResourceChange } from '../../../shared/domain/values/audit-event.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'

/** Changes as an event lists them and a dry run shows them. */
export function presentChanges(changes: readonly ResourceChange[]) {
  return changes.map(({ resource, before, after }) => ({
    resource: { type: resource.type, id: resource.id },
    before: before && presentTimes(before),
    after: after && presentTimes(after),
  }))
}

const timeFields = new Set([
  'createdAt',
  'adminSince',
  'expiresAt',
  'openedAt',
  'endsAt',
  'pausedAt',
  // Fields of decisions and outcomes, which are nested objects.
  'at',
  'until',
])

function presentTimes(side: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(side).map(([name, value]) => [name, presentField(name, value)]))
}

function presentField(name: string, value: unknown): unknown {
  if (typeof value === 'string') return timeFields.has(name) ? presentInstant(value) : value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? presentTimes(value) : value
}
