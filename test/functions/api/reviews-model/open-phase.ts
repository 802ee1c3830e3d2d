import type { ReviewItem } from '../../../../shared/reviews/model/review-item.ts'
import { type Grant, isIn, isOver } from './grants.ts'
import type { Decision, Review } from './state.ts'

type Open = {
  items: ReadonlyMap<string, ReviewItem>
  grants: ReadonlyMap<string, Grant>
  now: number
}

/** What isn't as it has to be of a review that is open, once its worker was told of everything. */
export function wrongWhileOpen(review: Review, { items, grants, now }: Open): string[] {
  const { scope } = review.policy
  const present = [...items].filter(([, { state }]) => state !== 'gone')
  const ids = new Set(present.map(([id]) => id))
  const inScope = [...grants].filter(([, grant]) => scope.unusedDays === undefined && isIn(scope, grant))
  return [
    ...inScope.filter(([id]) => !ids.has(id)).map(([id]) => `${id} is held and has no item`),
    ...present.flatMap(([id, item]) => {
      const grant = grants.get(id)
      const isLeftOver = review.mayBeUntrue && item.state === 'open'
      // Nobody tells of what ends by itself.
      if (!grant) {
        return isLeftOver || isOver(item.terms.expiresAt, now) ? [] : [`${id} has an item and is not held`]
      }
      if (isLeftOver) return []
      const said = saidOf(item)
      const held = heldOf(grant)
      return [
        ...(said === held ? [] : [`${id} is said to be ${said}, and is ${held}`]),
        ...(isIn(scope, grant) ? [] : [`${id} has an item and is not in the scope`]),
      ]
    }),
    ...[...review.decisions].flatMap(([id, decision]) =>
      wrongDecision(decision, items.get(id), grants.get(id)).map((what) => `${id} ${what}`),
    ),
  ]
}

const saidOf = ({ userType, terms: { roles, capabilities, source, expiresAt } }: ReviewItem): string =>
  said(userType, [...roles, ...capabilities], source, expiresAt)

const heldOf = ({ user, roles, source, expiresAt }: Grant): string =>
  said(user.type, roles, source, expiresAt)

const said = (type: string, names: readonly string[], source: string, expiresAt: string | undefined) =>
  `${type}'s ${names.toSorted().join()} by ${source} until ${expiresAt && Date.parse(expiresAt)}`

function wrongDecision(
  { isCertain, decision, grant: decided }: Decision,
  item: ReviewItem | undefined,
  grant: Grant | undefined,
): string[] {
  if (!isCertain || !decided || !grant) return []
  const isDecided = item?.state === 'decided'
  if (grant.untouched === decided.untouched) {
    return isDecided && item.decision?.decision === decision ? [] : [`was decided ${decision} and is not`]
  }
  return grant.spell !== decided.spell && isDecided ? ['was decided before it was changed'] : []
}
