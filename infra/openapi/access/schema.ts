import * as v from 'valibot'
import { mostFound } from '../../../shared/directory/search/candidates.ts'
import { customerStatuses } from '../../../shared/domain/entities/customer.ts'
import { userTypes } from '../../../shared/domain/entities/user-type.ts'
import { decidedBy } from '../../../shared/domain/access/explain/explain.ts'
import type { AllowReason, DenyReason } from '../../../shared/domain/access/decide.ts'
import {
  CapabilityNames,
  Count,
  GrantedBy,
  Line,
  Moment,
  object,
  Remark,
  Roles,
  source,
} from '../../../functions/api/routing/schema-types.ts'
import { maxEvaluations } from '../../../functions/access/decisions/parse.ts'

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

const DecisionReason = object('Why it was decided so.', {
  code: v.picklist(Object.keys(reasons)),
  grant: v.optional(Line),
  roles: v.optional(Roles),
  capabilities: v.optional(CapabilityNames),
  needed: v.pipe(v.optional(Line), v.description('The smallest role or capability that would do.')),
})

const GrantName = v.pipe(
  Line,
  v.description(
    'Path of a grant below the customer: `projects/{p}/members/{u}` or `servers/{s}/assignments/{u}`.',
  ),
)
const content = { roles: v.optional(Roles), capabilities: v.optional(CapabilityNames) }

const Held = v.strictObject({
  grant: GrantName,
  ...content,
  source,
  grantedBy: v.optional(GrantedBy),
  grantedAt: Moment,
  expiresAt: v.optional(Moment),
  reason: v.optional(Remark),
  expired: v.boolean(),
  decides: v.pipe(v.boolean(), v.description('Revoked, the decision would be another.')),
})

const GrantNeeded = v.strictObject({
  method: v.literal('PUT'),
  path: Line,
  body: v.strictObject({ ...content, expiresAt: v.optional(Moment), reason: v.optional(Remark) }),
  by: v.pipe(
    v.array(v.picklist(['operator', 'main-customer', 'customer-admin'])),
    v.description('Who could make it now.'),
  ),
})

const Explanation = object('What decided, and what would make it another decision.', {
  decidedBy: v.picklist([...new Set(Object.values(decidedBy)), 'assignment']),
  customerStatus: v.optional(v.picklist(customerStatuses)),
  subject: v.optional(
    v.strictObject({
      type: v.picklist(userTypes),
      since: v.pipe(Moment, v.description('Since when it has this type.')),
      status: v.picklist(['active', 'disabled']),
    }),
  ),
  grants: v.pipe(v.array(Held), v.description('What the subject holds of Main and of the resource.')),
  smallest: v.pipe(
    v.optional(
      v.strictObject({
        possible: v.boolean(),
        why: v.pipe(v.optional(v.picklist(Object.keys(reasons))), v.description('Why no grant turns it.')),
        requests: v.optional(v.array(GrantNeeded)),
      }),
    ),
    v.description('Of a denial: the smallest grant that turns it, as requests in the order to send them.'),
  ),
  without: v.pipe(
    v.optional(
      v.strictObject({
        grant: Line,
        held: v.boolean(),
        decision: v.boolean(),
        reason: DecisionReason,
        lost: v.pipe(v.array(Line), v.description('Actions on the resource that would be lost.')),
      }),
    ),
    v.description('What would be, did this grant go.'),
  ),
})

const explanation = v.pipe(
  v.optional(Explanation),
  v.description(
    'Where the context of the question has `"explain": true`, or `"explain": {"without": "<grant>"}`.',
  ),
)

const Decision = object('A decision and its reason (AuthZEN 1.0, section 5.5).', {
  decision: v.boolean(),
  context: v.strictObject({ reason: DecisionReason, explanation }),
})

/** A decision of a batch. */
const BatchDecision = object(
  'One decision of several: with its reason, or with the error for which it could not be evaluated (section 7.2.1).',
  {
    decision: v.boolean(),
    context: v.strictObject({
      reason: v.optional(DecisionReason),
      explanation,
      error: v.optional(
        v.strictObject({
          status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
          message: Line,
        }),
      ),
    }),
  },
)

const Decisions = object('Decisions in the order asked (section 7.2).', {
  evaluations: v.pipe(v.array(BatchDecision), v.maxLength(maxEvaluations)),
})

const Evaluations = v.pipe(
  v.union([Decisions, Decision]),
  v.description('Several decisions; a single one where no `evaluations` were asked for.'),
)

const Uri = v.pipe(v.string(), v.metadata({ format: 'uri' }))

const DecisionPoint = object('Where decisions are asked for (AuthZEN 1.0, section 9.1).', {
  policy_decision_point: Uri,
  access_evaluation_endpoint: Uri,
  access_evaluations_endpoint: Uri,
  search_subject_endpoint: Uri,
  search_resource_endpoint: Uri,
  search_action_endpoint: Uri,
})

const page = v.pipe(
  v.strictObject({
    next_token: v.pipe(v.string(), v.description('Asks for the next page; empty on the last.')),
    count: v.pipe(Count, v.description('The number of results in this page, which may be short or empty.')),
  }),
  v.description('Section 8.2.2.'),
)
const found = <T extends v.GenericSchema>(each: T) => v.pipe(v.array(each), v.maxLength(mostFound))

const FoundEntities = object('Subjects or resources for which the decision is true (section 8.3).', {
  page,
  results: found(v.strictObject({ type: Line, id: Line })),
})

const FoundActions = object('Actions for which the decision is true (section 8.3).', {
  page,
  results: found(v.strictObject({ name: Line })),
})

/** Schemas of the response bodies, and parts that the document names too. */
export const accessBodies = {
  decision: Decision,
  evaluations: Evaluations,
  foundEntities: FoundEntities,
  foundActions: FoundActions,
  decisionPoint: DecisionPoint,
} as const
export const accessParts = { BatchDecision, DecisionReason, Decisions, Explanation }
