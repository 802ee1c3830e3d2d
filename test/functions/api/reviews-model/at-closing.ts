import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import type { Grant } from './grants.ts'
import type { Decision, Review } from './state.ts'

type Closing = {
  items: ReadonlyMap<string, ReviewItem>
  grants: ReadonlyMap<string, Grant>
  /** Outcomes as the review counts them. */
  outcomes: Readonly<Record<string, number>> | undefined
}

/** Returns the errors of a review that closes now. */
export function closingErrors(review: Review, { items, grants, outcomes = {} }: Closing): string[] {
  const count = Object.values(outcomes).reduce((sum, each) => sum + each, 0)
  return [
    ...[...(review.ended?.inScope ?? [])]
      .filter((id) => !items.has(id))
      .map((id) => `${id} was in the scope when decisions ended and has no item`),
    ...(count === items.size ? [] : [`there are ${items.size} items and ${count} outcomes`]),
    ...[...items]
      .filter(([, item]) => !isDone(item))
      .map(([id, { state }]) => `${id} is ${state} at closing`),
    ...[...review.decisions]
      .filter(([id, decision]) => isUndisturbed(review, id, decision))
      .flatMap(([id, decision]) =>
        errorsOf(decision, { item: items.get(id), grant: grants.get(id) }).map((what) => `${id} ${what}`),
      ),
  ]
}

const isDone = ({ state, outcome }: ReviewItem) =>
  state === 'gone' || (state === 'verified' && outcome !== undefined)

/** True if nobody has changed the grant from the decision to the end of decisions. */
const isUndisturbed = ({ ended }: Review, id: string, { isCertain, grant }: Decision): boolean =>
  isCertain && grant !== undefined && ended?.held.get(id)?.revision === grant.revision

function errorsOf(
  { decision, until, grant: decided }: Decision,
  { item, grant }: { item: ReviewItem | undefined; grant: Grant | undefined },
): string[] {
  if (!item) return ['was decided and has no item']
  const isAsDecided = grant?.revision === decided?.revision
  if (!isAsDecided) return []
  if (item.state === 'gone') return ['is gone, and is held']
  if (decision !== 'keep' || until !== undefined) return [`was decided ${decision}, and is as it was`]
  return item.outcome?.by === 'decision' ? [] : [`was decided, and has an outcome by ${item.outcome?.by}`]
}
