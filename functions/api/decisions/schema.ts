import * as v from 'valibot'
import { mostFound } from '../../../shared/directory/search/candidates.ts'
import type { AllowReason, DenyReason } from '../../../shared/domain/access/decide.ts'
import { CapabilityNames, Count, Line, object, Roles } from '../routing/schema-types.ts'
import { maxEvaluations } from './parse.ts'

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

/** A decision of a batch. */
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
  evaluations: v.pipe(v.array(BatchDecision), v.maxLength(maxEvaluations)),
})

export const Evaluations = v.pipe(
  v.union([Decisions, Decision]),
  v.description('Several decisions; a single one where no `evaluations` were asked for.'),
)

const page = v.pipe(
  v.strictObject({
    next_token: v.pipe(v.string(), v.description('Asks for the next page; empty on the last.')),
    count: v.pipe(Count, v.description('The number of results in this page, which may be short or empty.')),
  }),
  v.description('Section 8.2.2.'),
)
const found = <T extends v.GenericSchema>(each: T) => v.pipe(v.array(each), v.maxLength(mostFound))

export const FoundEntities = object('Subjects or resources for which the decision is true (section 8.3).', {
  page,
  results: found(v.strictObject({ type: Line, id: Line })),
})

export const FoundActions = object('Actions for which the decision is true (section 8.3).', {
  page,
  results: found(v.strictObject({ name: Line })),
})
