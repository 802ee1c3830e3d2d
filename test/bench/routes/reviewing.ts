import { advanceReview } from '../../../functions/reviews/lifecycle/advance-review.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { Conversation } from './asked.ts'
import { because, type Scene } from './scene.ts'

const until = '2999-01-01T00:00:00.000000000Z'
/** Api.md: no list takes more. */
const list = { requests: 10 }

/** A review from its start until it is to be applied. */
export async function* reviewing(scene: Scene, table: Table): Conversation {
  const { admin, tech, operator, projects, customerId, ask } = scene
  const as = admin.login
  const [project = ''] = projects
  yield { route: 'readReviewPolicy', as }
  const policy = { reviewers: ['admins', 'project', tech.id], largestShare: 10 }
  yield { route: 'replaceReviewPolicy', as, body: policy }
  const { body: first } = yield { route: 'startReview', as, body: { scope: { projects: [project] } } }
  yield { route: 'cancelReview', as: operator, at: { r: String(first.id) }, headers: because }
  const started = await ask({ route: 'startReview', as, body: {} })
  const r = String(started.body.id)
  await advanceReview({ table, log: () => {}, until }, customerId)
  yield { route: 'listReviews', as }
  yield { route: 'readReview', as, at: { r } }
  yield { route: 'readReview', note: 'an asked tech', as: tech.login, at: { r } }
  const items = { route: 'listReviewItems', as, at: { r }, budget: list }
  const growsWith = 'the items looked at'
  yield { ...items, note: '50', growsWith }
  yield { ...items, note: 'of which nothing is decided', query: 'state=open&limit=50', growsWith }
  const ofAdmin = { note: 'that an admin may be asked about', query: `reviewer=${admin.id}&limit=200` }
  yield { ...items, ...ofAdmin, growsWith }
  yield { ...items, note: 'an asked tech', as: tech.login, query: 'limit=200', growsWith }
  const of = (id: string) => `${tech.id}.project.${id}`
  const at = { r, i: of(project) }
  yield { route: 'readReviewItem', as, at }
  yield { route: 'decideReviewItem', as, at, body: { decision: 'keep', reason: 'still on call' } }
  const decisions = projects.slice(0, 14).map((id) => ({ item: of(id), decision: 'revoke' }))
  yield { route: 'decideReviewItems', note: '14', as, at: { r }, body: { decisions } }
  yield { route: 'readReviewReport', as, at: { r }, growsWith: 'the items' }
  const { etag } = await ask({ route: 'readReview', as, at: { r } })
  yield { route: 'applyReview', as, at: { r }, headers: { 'if-match': etag } }
}
