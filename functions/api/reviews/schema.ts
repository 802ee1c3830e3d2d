import * as v from 'valibot'
import { services } from '../../../shared/domain/entities/role.ts'
import { userTypes } from '../../../shared/domain/entities/user-type.ts'
import { outcomeNames } from '../../../shared/reviews/model/review-item.ts'
import { reviewStates } from '../../../shared/reviews/model/review.ts'
import { origins, unansweredChoices } from '../../../shared/reviews/policy/review-policy.ts'
import {
  Actor,
  Count,
  CustomerId,
  etag,
  Line,
  Moment,
  object,
  ProjectId,
  times,
  Ulid,
  UserId,
} from '../routing/schema-types.ts'

export const ReviewScope = object('Which grants are reviewed: those that fit all that is named.', {
  projects: v.optional(v.array(ProjectId)),
  types: v.optional(v.array(v.picklist(userTypes))),
  services: v.optional(v.array(v.picklist(services))),
  origins: v.pipe(
    v.optional(v.array(v.picklist(origins))),
    v.description('`automatic`: held by the type; `explicit`: granted.'),
  ),
  unusedDays: v.pipe(v.optional(Count), v.description('Not made use of for this many days, or never.')),
})

const Months = v.pipe(Count, v.maxValue(36))

const guarded = {
  days: v.pipe(Count, v.description('Days in which decisions can be made.')),
  reviewers: v.pipe(
    v.array(Line),
    v.description('`admins`, `project` (who holds `full` in the project), or ids of users.'),
  ),
  unanswered: v.pipe(
    v.picklist(unansweredChoices),
    v.description('What becomes of a grant on which nobody decides.'),
  ),
  largestShare: v.pipe(
    Count,
    v.description(
      "Percent of the customer's grants that reviews may take away within 30 days without anybody having decided so.",
    ),
  ),
  reminders: v.pipe(v.array(Count), v.description('Days before the end on which reviewers are reminded.')),
}

const policy = {
  everyMonths: v.pipe(
    v.union([v.literal('never'), Months]),
    v.description("Months from one review's start to the next one's."),
  ),
  scope: ReviewScope,
  ...guarded,
}

const inForce = v.pipe(
  v.optional(v.array(v.strictObject({ until: Moment, ...guarded }))),
  v.description(
    'What reviews go by that start before these times, the first now, as what is loosened counts seven days later. Absent: by the policy.',
  ),
)

export const ReviewPolicy = object('What is wanted of the reviews of a customer.', {
  ...policy,
  inForce,
  nextReviewAt: v.pipe(v.optional(Moment), v.description('When the clock starts the next one.')),
  ...times,
})

export const PolicyOfReview = object('The policy as it was when the review began.', policy)

const reminded = v.strictObject({
  mark: v.pipe(Line, v.description('`opened`, or the days before the end: `7d`.')),
  at: Moment,
  told: v.pipe(Count, v.description('How many people.')),
  missed: v.optional(v.literal(true)),
})

const brake = v.pipe(
  v.strictObject({
    population: Count,
    taken: v.pipe(
      v.optional(Count),
      v.description('How many reviews of the thirty days before took without a decision.'),
    ),
    limit: Count,
    candidates: Count,
  }),
  v.description(
    'Of so many grants of the customer this many more might be taken away without a decision; so many would have been, without a brake.',
  ),
)

export const Review = object('A look at the grants of a customer, and what came of it.', {
  id: Ulid,
  customerId: CustomerId,
  state: v.picklist(reviewStates),
  startedBy: Actor,
  policy: PolicyOfReview,
  startedAt: Moment,
  openedAt: v.optional(Moment),
  items: v.optional(Count),
  endsAt: v.optional(Moment),
  decisionsEndedAt: v.pipe(
    v.optional(Moment),
    v.description('Since when no decision counts any more, also where the review is `open` still.'),
  ),
  pausedAt: v.pipe(
    v.optional(Moment),
    v.description('Since when the suspension of the customer stops the clock.'),
  ),
  reminded: v.array(reminded),
  applyingAt: v.optional(Moment),
  appliedBy: v.optional(Actor),
  brake: v.optional(brake),
  closedAt: v.optional(Moment),
  cancelledAt: v.optional(Moment),
  cancelledBy: v.optional(Actor),
  cancelledBecause: v.optional(Line),
  outcomes: v.pipe(
    v.optional(v.strictObject(v.entriesFromList(outcomeNames, v.optional(Count)))),
    v.description('How many grants had each outcome.'),
  ),
  ...times,
  etag,
})

const chain = v.pipe(Line, v.description('The hash of all up to here.'))

export const ReviewReport = v.pipe(
  v.looseObject({
    report: v.looseObject({ customerId: CustomerId, reviewId: Ulid, state: v.picklist(reviewStates) }),
    chain,
    records: v.array(v.looseObject({ userId: UserId, resourceType: Line, resourceId: Line, chain })),
    signature: v.pipe(Line, v.description('A compact JWS (RFC 7515) of the last hash of the chain.')),
  }),
  v.description('All that is known of a review, which nobody can have changed since.'),
)
