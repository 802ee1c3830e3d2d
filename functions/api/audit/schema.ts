import * as v from 'valibot'
import type { AuditedType } from '../../../shared/domain/values/audit-event.ts'
import { Actor, Line, Moment, object, Remark, Ulid } from '../routing/schema-types.ts'

const side = (description: string) =>
  v.optional(v.pipe(v.record(v.string(), v.unknown()), v.description(description)))

const audited = {
  customer: true,
  transfer: true,
  user: true,
  login: true,
  project: true,
  membership: true,
  server: true,
  assignment: true,
  policy: true,
  review: true,
  openstack: true,
} satisfies Record<AuditedType, true>

export const Change = object('What happened, or would happen, to one resource.', {
  resource: v.strictObject({ type: v.picklist(Object.keys(audited)), id: Line }),
  before: side('As it was; absent where it is new.'),
  after: side('As it is then; absent where it is gone.'),
})

export const Changes = object('What a change would do, if it were not a dry run.', {
  changes: v.array(Change),
})

export const AuditEvent = object('Who did what, when and why.', {
  id: Ulid,
  at: Moment,
  actor: Actor,
  type: v.pipe(v.string(), v.regex(/^[a-z-]+\.[a-z-]+$/)),
  reason: v.optional(Remark),
  requestId: v.optional(v.string()),
  changes: v.array(Change),
})
