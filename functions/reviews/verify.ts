import type { Facts } from '../../shared/domain/decide.ts'
import { createFactsReader } from '../../shared/directory/read-facts.ts'
import { openstackView } from '../../shared/domain/openstack.ts'
import { mainProjectId } from '../../shared/domain/project-name.ts'
import type { ReviewItem } from '../../shared/domain/review-item.ts'
import { isChangedSince, whatIsNotSo } from '../../shared/domain/verify-outcome.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { findRecord, findSpreading } from '../../shared/table/openstack.ts'
import type { AtHand, ReviewDeps } from './deps.ts'
import { nowOf } from './deps.ts'
import type { ItemPut } from './put-items.ts'
import { putMany } from './put-items.ts'
import { rememberReview } from './remember-review.ts'
import type { WalkEnd } from './walk-items.ts'
import { walkItems } from './walk-items.ts'

type Item = Versioned<ReviewItem>

/**
 * Asks `decide` about each item that was applied, and OpenStack's record whether Keystone was seen to be so since. What
 * isn't as it should be says so, and is looked at again.
 */
export async function verifyItems(deps: ReviewDeps, atHand: AtHand): Promise<WalkEnd> {
  return walkItems(deps, atHand, 'verifying', async (items) => {
    const applied = items.filter(({ state }) => state === 'applied')
    if (applied.length === 0) return 0
    const now = nowOf(deps)
    const read = createFactsReader(deps.table, atHand.customer.id, now)
    const seen = await Promise.all(
      applied.map(async (item): Promise<ItemPut> => {
        const { resource, userId } = item
        const facts = await read({ userId }, { type: resource.kind, id: resource.id })
        const changedSince = isThere(facts) && isChangedSince(facts, item) ? true : undefined
        const problem = changedSince ? undefined : await whatIsWrong(deps, atHand, item, facts)
        const verified: ReviewItem = { ...item, state: 'verified', verifiedAt: now, changedSince, problem }
        return { before: item, after: problem === undefined ? verified : { ...item, problem } }
      }),
    )
    const changed = seen.filter(
      ({ before, after }) => after.problem === undefined || after.problem !== before?.problem,
    )
    await putMany(deps, atHand.review, 'review.verified', changed, ({ after }) => rememberReview(after, now))
    return seen.filter(({ after }) => after.problem !== undefined).length
  })
}

async function whatIsWrong(
  deps: ReviewDeps,
  { customer }: AtHand,
  item: Item,
  facts: Facts,
): Promise<string | undefined> {
  const { resource, outcome } = item
  if (!outcome || outcome.by === 'changed' || !isThere(facts)) return undefined
  const problem = whatIsNotSo(facts, item, outcome)
  if (problem || !deps.openstack || facts.resource?.type !== 'project' || resource.id === mainProjectId) {
    return problem
  }
  const ref = { customerId: customer.id, projectId: resource.id }
  const spreading = await findSpreading(deps.table, customer.id)
  const record = await findRecord(deps.table, ref)
  const { state, error } = openstackView(facts.resource.project, customer, record, spreading)
  if (state === 'ready') return undefined
  return state === 'failed'
    ? `OpenStack does not follow: ${error ?? 'failed'}`
    : 'OpenStack has not followed yet'
}

/** Nothing is left of what has been deleted since. */
function isThere({ user, resource, customer }: Facts): boolean {
  if (!customer || !user || user.deleted) return false
  if (resource?.type === 'project') return resource.project.status === 'active' && !resource.project.deleted
  return resource?.type === 'server' && resource.server.exists
}
