import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import { presentChanges } from '../changes/present-changes.ts'
import type { Representation } from '../schemas.ts'

export function presentEvent({
  id,
  at,
  actor,
  type,
  reason,
  requestId,
  changes,
}: AuditEvent): Representation<'auditEvent'> {
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
