import * as v from 'valibot'
import type { AllowReason, DenyReason } from '../../../shared/domain/access/decide.ts'
import { CapabilityNames, Line, object, Roles } from '../../../functions/api/routing/schema-types.ts'
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

const Decision = object('A decision and its reason (AuthZEN 1.0, section 5.5).', {
  decision: v.boolean(),
  context: v.strictObject({ reason: DecisionReason }),
})

/** A decision of a batch. */
const BatchDecision = object(
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
})

/** Schemas of the response bodies, and parts that the document names too. */
export const accessBodies = {
  decision: Decision,
  evaluations: Evaluations,
  decisionPoint: DecisionPoint,
} as const
export const accessParts = { BatchDecision, DecisionReason, Decisions }
