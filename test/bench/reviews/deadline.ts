import { applyItems } from '../../../functions/reviews/apply.ts'
import { closeReview } from '../../../functions/reviews/close.ts'
import type { AtHand, ReviewDeps } from '../../../functions/reviews/deps.ts'
import { clock, contextOf } from '../../../functions/reviews/deps.ts'
import { reconcile } from '../../../functions/reviews/reconcile.ts'
import { verifyItems } from '../../../functions/reviews/verify.ts'
import { applyReview } from '../../../shared/directory/end-review.ts'
import { commit } from '../../../shared/table/commit.ts'
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
  const phase = async (work: (atHand: AtHand) => Promise<unknown>) => {
    const atHand = await readAtHand(deps.table, customerId)
    const begun = performance.now()
    const usage = await meters(() => work(atHand))
    return { usage, milliseconds: performance.now() - begun }
  }
  return {
    reconcile: await phase((atHand) => reconcile(deps, atHand)),
    apply: await phase((atHand) => applyItems(deps, atHand, atHand.review.brake ?? noBrake())),
    verify: await phase((atHand) => verifyItems(deps, atHand)),
    close: await phase((atHand) => closeReview(deps, atHand)),
  }
}

function noBrake(): never {
  throw new Error('the brake is set by then')
}
