import { clock, contextOf } from '../../../functions/reviews/items/deps.ts'
import type { ReviewContext, ReviewDeps } from '../../../functions/reviews/items/deps.ts'
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
  const phase = async (work: (deps: ReviewDeps, reviewContext: ReviewContext) => Promise<unknown>) => {
    const reviewContext = await readAtHand(deps.table, customerId)
    const begun = performance.now()
    const usage = await meters(() => work(deps, reviewContext))
    return { usage, milliseconds: performance.now() - begun }
  }
  return {
    reconcile: await phase(reconcile),
    apply: await phase(applyWithBrake),
    verify: await phase(verifyItems),
    close: await phase(closeReview),
  }
}

function applyWithBrake(deps: ReviewDeps, reviewContext: ReviewContext) {
  const { brake } = reviewContext.review
  if (!brake) throw new Error('the brake is set by then')
  return applyItems(deps, reviewContext, brake)
}
