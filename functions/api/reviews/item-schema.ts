import * as v from 'valibot'
import { levels } from '../../../shared/domain/entities/role.ts'
import { userTypes } from '../../../shared/domain/entities/user-type.ts'
import { decisionsAtOnce } from '../../../shared/reviews/decide-items.ts'
import { reasons } from '../../../shared/reviews/model/recommend.ts'
import { heldBackReasons, itemStates, decisionChoices } from '../../../shared/reviews/model/review-item.ts'
import {
  Capabilities,
  EmailAddress,
  etag,
  GrantedBy,
  Line,
  locked,
  lockReason,
  Moment,
  object,
  Remark,
  ReviewItemId,
  Roles,
  source,
  times,
  Ulid,
  UserId,
} from '../routing/schema-types.ts'

const Day = v.pipe(v.string(), v.metadata({ format: 'date', description: 'A day in UTC.' }))
const lastUse = v.pipe(
  v.optional(v.strictObject(v.entriesFromList(levels, v.optional(Day)))),
  v.description('The last day on which each level was made use of.'),
)
const left = { roles: v.optional(Roles), capabilities: v.optional(Capabilities) }

const evidence = v.strictObject({
  asOf: Day,
  knownSince: Day,
  heldFrom: Day,
  lastUse,
  elsewhere: v.optional(Day),
  loginLinked: v.boolean(),
})

const ReviewDecision = object('What was decided of a grant, and by whom.', {
  decision: v.picklist(decisionChoices),
  ...left,
  until: v.optional(Moment),
  reason: v.optional(Remark),
  by: GrantedBy,
  at: Moment,
})

const Outcome = v.strictObject({
  decision: v.picklist(decisionChoices),
  ...left,
  until: v.optional(Moment),
  reason: v.optional(Remark),
  by: v.pipe(
    v.picklist(['decision', 'default', 'changed']),
    v.description(
      '`default`: nobody had decided. `changed`: the grant is not any more what was looked at, and stays as it is.',
    ),
  ),
  heldBack: v.pipe(
    v.optional(v.picklist(heldBackReasons)),
    v.description('Why less was taken away than the policy says.'),
  ),
})

export const ReviewItem = object('A grant under review.', {
  id: ReviewItemId,
  reviewId: Ulid,
  userId: UserId,
  email: EmailAddress,
  userType: v.picklist(userTypes),
  resource: v.strictObject({ type: v.picklist(['project', 'server']), id: Line, name: Line }),
  ...left,
  source,
  grantedBy: v.optional(GrantedBy),
  grantedAt: Moment,
  expiresAt: v.optional(Moment),
  lastUse,
  lastReview: v.optional(v.strictObject({ id: Ulid, at: Moment })),
  evidence: v.pipe(evidence, v.description('All that the recommendation is made from, besides the grant.')),
  recommendation: v.strictObject({
    advice: v.picklist(decisionChoices),
    because: v.picklist(reasons),
    ...left,
  }),
  state: v.picklist(itemStates),
  decision: v.optional(ReviewDecision),
  earlierDecisions: v.optional(v.array(ReviewDecision)),
  outcome: v.optional(Outcome),
  goneBecause: v.optional(Line),
  problem: v.pipe(v.optional(Line), v.description('What is in the way of applying or verifying it.')),
  appliedAt: v.optional(Moment),
  verifiedAt: v.optional(Moment),
  changedSince: v.pipe(
    v.optional(v.literal(true)),
    v.description('Somebody has said something else of the grant since it was applied.'),
  ),
  locked: v.optional(locked),
  lockReason,
  ...times,
  etag,
})

export const DecidedItems = object('What was decided on, as it is then.', {
  items: v.pipe(v.array(ReviewItem), v.maxLength(decisionsAtOnce)),
})
