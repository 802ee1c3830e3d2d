import {
  type ReviewContext,
  clock,
  contextOf,
  type ReviewDeps,
} from '../../../functions/reviews/items/deps.ts'
import { applyItems } from '../../../functions/reviews/lifecycle/apply-items.ts'
import { closeReview, reconcile } from '../../../functions/reviews/lifecycle/applying-phase.ts'
import { verifyItems } from '../../../functions/reviews/lifecycle/verify-items.ts'
import { commit } from '../../../shared/records/commit.ts'
import { applyReview } from '../../../shared/reviews/transition.ts'
import { readAtHand } from './at-hand.ts'
import type { createMeters, UsageByKind } from './kinds.ts'

export const phases = ['reconcile', 'apply', 'verify', 'close'] as const
export type Phases = Record<(typeof phases)[number], { usage: UsageByKind; milliseconds: number }>

/** What is done about an open review once nobody can decide any more, step by step. */
export async function reachDeadline(
  deps: ReviewDeps,
  customerId: string,
  meters: ReturnType<typeof createMeters>,
): Promise<Phases> {
  const { change } = applyReview(contextOf(deps, clock), await readAtHand(deps.table, customerId))
  await commit(deps.table, change)
  const phase = async (work: (reviewContext: ReviewContext) => Promise<unknown>) => {
    const reviewContext = await readAtHand(deps.table, customerId)
    const begun = performance.now()
    const usage = await meters(() => work(reviewContext))
    return { usage, milliseconds: performance.now() - begun }
  }
  return {
    reconcile: await phase((reviewContext) => reconcile(deps, reviewContext)),
    apply: await phase((reviewContext) =>
      applyItems(deps, reviewContext, reviewContext.review.brake ?? noBrake()),
    ),
    verify: await phase((reviewContext) => verifyItems(deps, reviewContext)),
    close: await phase((reviewContext) => closeReview(deps, reviewContext)),
  }
}

function noBrake(): never {
  throw new Error('the brake is set by then')
}
