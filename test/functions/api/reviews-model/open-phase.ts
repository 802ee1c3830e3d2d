import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { type Grant, isIn, isOver } from './grants.ts'
import type { Decision, Review } from './state.ts'

type Open = { items: ReadonlyMap<string, ReviewItem>; grants: ReadonlyMap<string, Grant>; now: number }

/** Returns the errors of an open review, once its worker has handled all events. */
export function openReviewErrors(review: Review, { items, grants, now }: Open): string[] {
  const { scope } = review.policy
  const present = [...items].filter(([, { state }]) => state !== 'gone')
  const ids = new Set(present.map(([id]) => id))
  const inScope = [...grants].filter(([, grant]) => scope.unusedDays === undefined && isIn(scope, grant))
  return [
    ...inScope.filter(([id]) => !ids.has(id)).map(([id]) => `${id} is held and has no item`),
    ...present.flatMap(([id, item]) => {
      const grant = grants.get(id)
      const isOutdated = review.mayBeOutdated && item.state === 'open'
      // A grant that expires makes no event.
      if (!grant) {
        return isOutdated || isOver(item.terms.expiresAt, now) ? [] : [`${id} has an item and is not held`]
      }
      if (isOutdated) return []
      const shown = itemText(item)
      const held = grantText(grant)
      return [
        ...(shown === held ? [] : [`${id} is shown as ${shown}, and is ${held}`]),
        ...(isIn(scope, grant) ? [] : [`${id} has an item and is not in the scope`]),
      ]
    }),
    ...[...review.decisions].flatMap(([id, decision]) =>
      wrongDecision(decision, items.get(id), grants.get(id)).map((what) => `${id} ${what}`),
    ),
  ]
}

const itemText = ({ userType, terms: { roles, capabilities, source, expiresAt } }: ReviewItem): string =>
  text(userType, [...roles, ...capabilities], source, expiresAt)

const grantText = ({ user, roles, source, expiresAt }: Grant): string =>
  text(user.type, roles, source, expiresAt)

const text = (type: string, names: readonly string[], source: string, expiresAt: string | undefined) =>
  `${type}'s ${names.toSorted().join()} by ${source} until ${expiresAt && Date.parse(expiresAt)}`

function wrongDecision(
  { isCertain, decision, grant: decided }: Decision,
  item: ReviewItem | undefined,
  grant: Grant | undefined,
): string[] {
  if (!isCertain || !decided || !grant) return []
  const isDecided = item?.state === 'decided'
  if (grant.revision === decided.revision) {
    return isDecided && item.decision?.decision === decision ? [] : [`was decided ${decision} and is not`]
  }
  return grant.identity !== decided.identity && isDecided ? ['was decided before it was changed'] : []
}
