import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import type { Grant } from './grants.ts'
import type { Decision, Review } from './state.ts'

type Closing = {
  items: ReadonlyMap<string, ReviewItem>
  grants: ReadonlyMap<string, Grant>
  /** How many items had each outcome, as the review says. */
  told: Readonly<Record<string, number>> | undefined
}

/** What isn't as it has to be of a review that closes now. */
export function wrongAtClosing(review: Review, { items, grants, told = {} }: Closing): string[] {
  const count = Object.values(told).reduce((sum, each) => sum + each, 0)
  return [
    ...[...(review.ended?.inScope ?? [])]
      .filter((id) => !items.has(id))
      .map((id) => `${id} was in the scope when decisions ended and has no item`),
    ...(count === items.size ? [] : [`there are ${items.size} items and ${count} outcomes`]),
    ...[...items]
      .filter(([, item]) => !isDone(item))
      .map(([id, { state }]) => `${id} is ${state} at closing`),
    ...[...review.decisions]
      .filter(([id, decision]) => stands(review, id, decision))
      .flatMap(([id, decision]) =>
        wrongOf(decision, { item: items.get(id), grant: grants.get(id) }).map((what) => `${id} ${what}`),
      ),
  ]
}

const isDone = ({ state, outcome }: ReviewItem) =>
  state === 'gone' || (state === 'verified' && outcome !== undefined)

/** Nobody has said anything about the grant from the decision to the end of decisions. */
const stands = ({ ended }: Review, id: string, { isCertain, grant }: Decision): boolean =>
  isCertain && grant !== undefined && ended?.held.get(id)?.untouched === grant.untouched

function wrongOf(
  { decision, until, grant: decided }: Decision,
  { item, grant }: { item: ReviewItem | undefined; grant: Grant | undefined },
): string[] {
  if (!item) return ['was decided and has no item']
  const isAsDecided = grant?.untouched === decided?.untouched
  if (!isAsDecided) return []
  if (item.state === 'gone') return ['is gone, and is held']
  if (decision !== 'keep' || until !== undefined) return [`was decided ${decision}, and is as it was`]
  return item.outcome?.by === 'decision' ? [] : [`was decided, and is told to be by ${item.outcome?.by}`]
}
