import * as v from 'valibot'

const underWay = ['opening', 'open', 'applying'] as const
const over = ['closed', 'cancelled'] as const

/** What the commands want to know of a review. */
export const Review = v.object({
  id: v.string(),
  state: v.picklist([...underWay, ...over]),
  items: v.exactOptional(v.number()),
  endsAt: v.exactOptional(v.string()),
  /** How many items ended as what. */
  outcomes: v.exactOptional(v.record(v.string(), v.number())),
})
export type Review = v.InferOutput<typeof Review>

export const isOver = ({ state }: Review): boolean => over.some((one) => one === state)

/** One line: how much there is to decide, and until when. */
export function describeOpened(review: Review): string {
  const { items, endsAt } = review
  return describe(review, [
    ...(items === undefined ? [] : [`${items} items`]),
    ...(endsAt === undefined ? [] : [`ends ${endsAt}`]),
  ])
}

/** One line: what became of it. */
export function describeOutcome(review: Review): string {
  return describe(
    review,
    Object.entries(review.outcomes ?? {}).map(([outcome, count]) => `${count} ${outcome}`),
  )
}

function describe({ id, state }: Review, details: string[]): string {
  return `review ${id} ${state}${details.length > 0 ? `: ${details.join(', ')}` : ''}`
}
