import { createFactsReader } from '../../../shared/directory/facts/read-facts.ts'
import type { Facts } from '../../../shared/domain/access/decide.ts'
import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { openstackView } from '../../../shared/openstack/sync/project-record.ts'
import { findRecord, findFanOutPending } from '../../../shared/openstack/sync/store.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import { isChangedSince, outcomeMismatch } from '../../../shared/reviews/model/verify-outcome.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { type BatchResult, forEachItemPage } from '../items/checkpoint.ts'
import { type ReviewContext, nowOf, type ReviewDeps } from '../items/deps.ts'
import { type ItemPut, putMany, recordLastReview } from '../items/write-items.ts'

type Item = Versioned<ReviewItem>

/**
 * Verifies each applied item: `decide` agrees with its outcome, and OpenStack's record says that Keystone does. An item that
 * fails gets a `problem`, and is retried.
 */
export async function verifyItems(deps: ReviewDeps, reviewContext: ReviewContext): Promise<BatchResult> {
  return forEachItemPage(deps, reviewContext, 'verifying', async (items) => {
    const applied = items.filter(({ state }) => state === 'applied')
    if (applied.length === 0) return 0
    const now = nowOf(deps)
    const readFacts = createFactsReader(deps.table, reviewContext.customer.id, now)
    const results = await Promise.all(
      applied.map(async (item): Promise<ItemPut> => {
        const { resource, userId } = item
        const facts = await readFacts({ userId }, { type: resource.kind, id: resource.id })
        const changedSince = isThere(facts) && isChangedSince(facts, item) ? true : undefined
        const problem = changedSince ? undefined : await verificationProblem(deps, reviewContext, item, facts)
        const verified: ReviewItem = { ...item, state: 'verified', verifiedAt: now, changedSince, problem }
        return { before: item, after: problem === undefined ? verified : { ...item, problem } }
      }),
    )
    const changed = results.filter(
      ({ before, after }) => after.problem === undefined || after.problem !== before?.problem,
    )
    await putMany(deps, reviewContext.review, 'review.verified', changed, ({ after }) =>
      recordLastReview(after, now),
    )
    return results.filter(({ after }) => after.problem !== undefined).length
  })
}

async function verificationProblem(
  deps: ReviewDeps,
  { customer }: ReviewContext,
  item: Item,
  facts: Facts,
): Promise<string | undefined> {
  const { resource, outcome } = item
  if (!outcome || outcome.by === 'changed' || !isThere(facts)) return undefined
  const problem = outcomeMismatch(facts, item, outcome)
  if (problem || !deps.openstack || facts.resource?.type !== 'project' || resource.id === mainProjectId) {
    return problem
  }
  const ref = { customerId: customer.id, projectId: resource.id }
  const fanOutPending = await findFanOutPending(deps.table, customer.id)
  const record = await findRecord(deps.table, ref)
  const { state, error } = openstackView(facts.resource.project, customer, record, fanOutPending)
  if (state === 'ready') return undefined
  return state === 'failed'
    ? `OpenStack does not follow: ${error ?? 'failed'}`
    : 'OpenStack has not followed yet'
}

/** False if user or resource was deleted since, and the grant with them. */
function isThere({ user, resource, customer }: Facts): boolean {
  if (!customer || !user || user.deleted) return false
  if (resource?.type === 'project') return resource.project.status === 'active' && !resource.project.deleted
  return resource?.type === 'server' && resource.server.exists
}
