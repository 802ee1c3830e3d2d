import type { ResourceChange } from '../../../shared/domain/values/audit-event.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'

/** What an event lists, and a dry run shows. */
export function presentChanges(changes: readonly ResourceChange[]) {
  return changes.map(({ resource, before, after }) => ({
    resource: { type: resource.type, id: resource.id },
    before: before && presentTimes(before),
    after: after && presentTimes(after),
  }))
}

const times = new Set([
  'createdAt',
  'adminSince',
  'expiresAt',
  'openedAt',
  'endsAt',
  'pausedAt',
  // Of decisions and outcomes, which are objects of their own.
  'at',
  'until',
])

function presentTimes(side: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(side).map(([name, value]) => [name, presentField(name, value)]))
}

function presentField(name: string, value: unknown): unknown {
  if (typeof value === 'string') return times.has(name) ? presentInstant(value) : value
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? presentTimes(value) : value
}
