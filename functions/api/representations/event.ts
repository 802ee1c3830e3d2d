import type { AuditEvent, ResourceChange } from '../../../shared/domain/audit-event.ts'
import { presentInstant } from '../../../shared/domain/instant.ts'

export function presentEvent({ id, at, actor, type, reason, requestId, changes }: AuditEvent) {
  return {
    id,
    at: presentInstant(at),
    actor: { kind: actor.kind, id: actor.id, name: actor.name },
    type,
    reason,
    requestId,
    changes: presentChanges(changes),
  }
}

/** What an event lists, and a dry run shows. */
export function presentChanges(changes: readonly ResourceChange[]) {
  return changes.map(({ resource, before, after }) => ({
    resource: { type: resource.type, id: resource.id },
    before: before && presentTimes(before),
    after: after && presentTimes(after),
  }))
}

const times = new Set(['createdAt', 'adminSince', 'expiresAt', 'openedAt', 'endsAt', 'pausedAt'])

function presentTimes(side: Record<string, unknown>): Record<string, unknown> {
  const fields = Object.entries(side).map(([name, value]) => [
    name,
    times.has(name) && typeof value === 'string' ? presentInstant(value) : value,
  ])
  return Object.fromEntries(fields)
}
