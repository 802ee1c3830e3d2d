import * as v from 'valibot'
import type { Unanswered } from '../../shared/domain/reminder.ts'
import type { Item } from '../../shared/table/item.ts'

/** What a reminder says of its review. */
export type Terms = {
  /** Whether it takes decisions. */
  isOpen: boolean
  unanswered?: Unanswered | undefined
}

const Open = v.object({ state: v.literal('open') })
const WithPolicy = v.object({
  policy: v.object({ unanswered: v.picklist(['keep', 'revoke', 'recommendation']) }),
})

/** Of the item of a review, whatever else it says. */
export function readTerms(review: Item | undefined): Terms {
  const told = v.safeParse(WithPolicy, review)
  return { isOpen: v.is(Open, review), unanswered: told.success ? told.output.policy.unanswered : undefined }
}
