import type { AuditedType, AuditEvent } from '../../domain/values/audit-event.ts'
import type { Instant } from '../../domain/values/instant.ts'

type Fields = Record<string, unknown>

/** A resource as it was before its first change after a moment; absent `before`: it wasn't there. */
export type PastState = {
  committedAt: Instant
  version: number
  before?: Fields | undefined
  origin?: Fields | undefined
}

/** The resources that have changed since a moment, by `<type>/<id>`. All others are as they were. */
export type Past = Map<string, PastState>

/** What decisions are made from. */
const decisive: ReadonlySet<AuditedType> = new Set([
  'customer',
  'user',
  'project',
  'membership',
  'server',
  'assignment',
])

export const nameOf = (type: AuditedType, id: string): string => `${type}/${id}`

export const committedAt = (event: AuditEvent): Instant => event.committedAt ?? event.at

/** Adds the changes that were committed after `time`, in any order, also repeatedly. */
export function addEvents(past: Past, events: readonly AuditEvent[], time: Instant): void {
  for (const event of events) {
    const at = committedAt(event)
    if (at <= time) continue
    for (const { resource, version = 0, before, origin } of event.changes) {
      if (!decisive.has(resource.type)) continue
      addState(past, nameOf(resource.type, resource.id), { committedAt: at, version, before, origin })
    }
  }
}

/** Keeps the earlier of two states. A removed resource that comes back begins at version 1, so the time comes first. */
export function addState(past: Past, name: string, state: PastState): void {
  const known = past.get(name)
  if (!known || isEarlier(state, known)) past.set(name, state)
}

function isEarlier(one: PastState, other: PastState): boolean {
  if (one.committedAt !== other.committedAt) return one.committedAt < other.committedAt
  return one.version < other.version
}
