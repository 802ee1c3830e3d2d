import * as v from 'valibot'

const underWay = ['opening', 'open', 'applying'] as const
const over = ['closed', 'cancelled'] as const

/** The fields of a review that the commands use. */
export const Review = v.object({
  id: v.string(),
  state: v.picklist([...underWay, ...over]),
  items: v.exactOptional(v.number()),
  endsAt: v.exactOptional(v.string()),
  /** Items by outcome. */
  outcomes: v.exactOptional(v.record(v.string(), v.number())),
})
export type Review = v.InferOutput<typeof Review>

export const isOver = ({ state }: Review): boolean => over.some((one) => one === state)

/** One line: the number of items to decide, and the deadline. */
export function describeOpened(review: Review): string {
  const { items, endsAt } = review
  return describe(review, [
    ...(items === undefined ? [] : [`${items} items`]),
    ...(endsAt === undefined ? [] : [`ends ${endsAt}`]),
  ])
}

/** One line: the review's result. */
export function describeOutcome(review: Review): string {
  return describe(
    review,
    Object.entries(review.outcomes ?? {}).map(([outcome, count]) => `${count} ${outcome}`),
  )
}

function describe({ id, state }: Review, details: string[]): string {
  return `review ${id} ${state}${details.length > 0 ? `: ${details.join(', ')}` : ''}`
}
