import * as v from 'valibot'
import type { AuditedType } from '../../../shared/domain/audit-event.ts'
import type { AllowReason, DenyReason } from '../../../shared/domain/decide.ts'
import { deliveryStatuses } from '../../../shared/domain/delivery.ts'
import { evaluationsAtOnce } from '../decisions/parse.ts'
import {
  CapabilityNames,
  DeliveryId,
  etag,
  Line,
  Moment,
  object,
  Remark,
  Roles,
  Source,
  Ulid,
} from './vocabulary.ts'

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

export const Actor = object('Who does something.', {
  kind: v.picklist(['user', 'operator', 'webhook', 'review', 'system']),
  id: v.string(),
  name: v.optional(v.string()),
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

export const Receipt = object('That a signed event is recorded, or was already.', {
  id: DeliveryId,
  status: v.picklist(deliveryStatuses),
})

export const Delivery = object('A signed event as it was received, and what became of it.', {
  source: Source,
  id: DeliveryId,
  type: v.string(),
  customerId: v.optional(v.string()),
  timestamp: Moment,
  receivedAt: Moment,
  status: v.picklist(deliveryStatuses),
  reason: v.optional(Line),
  attempts: v.pipe(v.number(), v.integer(), v.minValue(0)),
  nextAttemptAt: v.optional(Moment),
  etag,
})

const reasons = {
  owner: true,
  type: true,
  membership: true,
  assignment: true,
  self: true,
  'unknown-action': true,
  'unknown-subject': true,
  'unknown-resource': true,
  closed: true,
  suspended: true,
  disabled: true,
  locked: true,
  'type-ceiling': true,
  'not-a-main-member': true,
  expired: true,
  'no-grant': true,
  'role-too-low': true,
} satisfies Record<AllowReason | DenyReason, true>

export const DecisionReason = object('Why it was decided so.', {
  code: v.picklist(Object.keys(reasons)),
  grant: v.optional(Line),
  roles: v.optional(Roles),
  capabilities: v.optional(CapabilityNames),
  needed: v.pipe(v.optional(Line), v.description('The smallest role or capability that would do.')),
})

export const Decision = object('A decision and its reason (AuthZEN 1.0, section 5.5).', {
  decision: v.boolean(),
  context: v.strictObject({ reason: DecisionReason }),
})

/** As `Decision`, where it is one of several. */
export const BatchDecision = object(
  'One decision of several: with its reason, or with the error for which it could not be evaluated (section 7.2.1).',
  {
    decision: v.boolean(),
    context: v.strictObject({
      reason: v.optional(DecisionReason),
      error: v.optional(
        v.strictObject({
          status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
          message: Line,
        }),
      ),
    }),
  },
)

export const Decisions = object('Decisions in the order asked (section 7.2).', {
  evaluations: v.pipe(v.array(BatchDecision), v.maxLength(evaluationsAtOnce)),
})

export const Evaluations = v.pipe(
  v.union([Decisions, Decision]),
  v.description('Several decisions; a single one where no `evaluations` were asked for.'),
)
