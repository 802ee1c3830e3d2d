import { describe, expect, it } from 'vitest'
import { parseItemId } from '../../../shared/reviews/model/review-item.ts'
import { findReviewItems, itemRecord } from '../../../shared/reviews/store.ts'
import { because, seedScene } from './changes.ts'
import { runReviewWorker } from './open-review.ts'
import { type Asked, requester, naming, refuser, told } from './routing/refused.ts'
import { startWorld } from './world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { id, token } = scene
const ask = requester(scene)
const review = await scene.review()
const path = `/reviews/${review}`
const inWeb = `${id.tech}.project.${id.web}`
const nobody = 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV'

const refusal = refuser(scene)

const whole = (from: number, to: number) => `must be a whole number from ${from} to ${to}`

describe('a policy is rejected', () => {
  const rows: [body: object, wrong: Record<string, string>][] = [
    [{ days: 0 }, { '/days': whole(1, 90) }],
    [{ days: 1.5 }, { '/days': whole(1, 90) }],
    [{ everyMonths: 0 }, { '/everyMonths': whole(1, 36) }],
    [
      { everyMonths: 'soon' },
      { '/everyMonths': 'must be a whole number of months from 1 to 36, or `never`' },
    ],
    [{ largestShare: 200 }, { '/largestShare': whole(0, 100) }],
    [{ largestShare: -1 }, { '/largestShare': whole(0, 100) }],
    [{ reviewers: [] }, { '/reviewers': 'must name at least one' }],
    [{ reviewers: ['admins', 'admins'] }, { '/reviewers': 'must not name the same twice' }],
    [{ reviewers: ['ann'] }, { '/reviewers/0': 'must be `admins`, `project` or the id of a user' }],
    [{ reviewers: ['project', nobody] }, { '/reviewers/1': 'is no user of this customer' }],
    [{ unanswered: 'ask' }, { '/unanswered': 'must be one of keep, revoke, recommendation' }],
    [{ days: 5, reminders: [5] }, { '/reminders': 'must each be less than the 5 days to decide' }],
    [{ reminders: [14] }, { '/reminders': 'must each be less than the 14 days to decide' }],
    [{ reminders: [0] }, { '/reminders/0': whole(1, 89) }],
    [{ scope: { projects: [] } }, { '/scope/projects': 'must name at least one' }],
    [{ scope: { projects: [id.web, 'prj_x'] } }, { '/scope/projects/1': 'is no project of this customer' }],
    [{ scope: { services: ['mail'] } }, { '/scope/services/0': expect.stringContaining('must be one of') }],
    [{ scope: { owner: 1 } }, { '/scope/owner': 'is not known here' }],
  ]
  it.each(rows)('%j', async (body, wrong) => {
    const answer = await refusal('admin', 'PUT', '/review-policy', body)
    expect(answer.status).toBe(400)
    expect(answer.errors).toEqual(Object.entries(wrong).map(([pointer, detail]) => ({ pointer, detail })))
  })

  it('that names a deleted user', async () => {
    const own = await seedScene(world)
    await world.event('user.deleted', { customerId: own.customerId, user: own.mail('tech') })
    const body = { reviewers: [own.id.tech] }
    const refused = await requester(own)(['admin', 'PUT', '/review-policy', body])
    expect(told(refused)).toEqual(naming({ '/reviewers/0': 'is no user of this customer' }))
  })

  it('that names users and projects of another customer', async () => {
    const other = await seedScene(world)
    const body = { reviewers: [other.id.tech], scope: { projects: [other.id.web] } }
    const answer = await refusal('admin', 'PUT', '/review-policy', body)
    const reviewers = { '/reviewers/0': 'is no user of this customer' }
    expect(answer).toEqual(naming({ ...reviewers, '/scope/projects/0': 'is no project of this customer' }))
  })
})

it('a review is not started while one is under way, nor for unknown projects', async () => {
  const detail = `review ${review} is under way: end or cancel it first`
  const underWay = await refusal('admin', 'POST', '/reviews', {})
  expect(underWay).toMatchObject({ status: 409, code: 'conflict', detail })
  const scope = { projects: ['prj_x'] }
  expect(await refusal('admin', 'POST', '/reviews', { scope })).toEqual(
    naming({ '/scope/projects/0': 'is no project of this customer' }),
  )
})

describe('a decision counts while its review is open', () => {
  const decisions = [{ item: inWeb, decision: 'revoke' }]

  it('not before it has opened, nor once it has ended', async () => {
    const own = await seedScene(world)
    const askOwn = requester(own)
    const first = await own.review()
    const item = `${own.id.tech}.project.${own.id.web}`
    const decide = (r: string) =>
      askOwn(['admin', 'POST', `/reviews/${r}/decisions`, { decisions: [{ item, decision: 'keep' }] }])
    await askOwn(['admin', 'POST', `/reviews/${first}/cancel`])
    const { body: second } = await askOwn(['admin', 'POST', '/reviews', {}])
    await copyItem(own.customerId, item, first, String(second.id))
    for (const [r, state] of [
      [first, 'cancelled'],
      [String(second.id), 'opening'],
    ] as const) {
      const detail = `the review is ${state}: decisions count while it is open`
      expect(told(await decide(r))).toMatchObject({ status: 409, code: 'conflict', detail })
    }
    const listed = await askOwn(['admin', 'GET', `/reviews/${String(second.id)}/items`])
    expect(listed.body.items).toMatchObject([{ id: item, state: 'open' }])
    await runReviewWorker(world.table, own.customerId)
    expect((await decide(String(second.id))).status).toBe(200)
  })

  it('a review of another customer is not found', async () => {
    const other = await seedScene(world)
    for (const r of [await other.review(), '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'x', 'a%23b']) {
      for (const [method, rest, body] of [
        ['GET', '', undefined],
        ['GET', '/items', undefined],
        ['GET', `/items/${inWeb}`, undefined],
        ['PUT', `/items/${inWeb}/decision`, { decision: 'keep' }],
        ['POST', '/decisions', { decisions }],
        ['POST', '/cancel', undefined],
      ] as const) {
        const answer = await refusal('admin', method, `/reviews/${r}${rest}`, body)
        expect(answer).toMatchObject({ status: 404, detail: 'There is no such review.' })
      }
    }
  })

  it('a review is applied or cancelled only once', async () => {
    const etag = await scene.etag(path)
    const seen = { 'if-match': etag }
    const apply: Asked = ['admin', 'POST', `${path}/apply`, undefined, { ...because, ...seen }]
    expect(await refusal('admin', 'POST', `${path}/apply`)).toMatchObject({ status: 428 })
    expect((await ask(apply)).body.state).toBe('applying')
    expect(await refusal(...apply)).toMatchObject({ status: 412, code: 'stale' })
    const conflict = { status: 409, code: 'conflict' }
    expect(await refusal('admin', 'POST', `${path}/cancel`)).toMatchObject(conflict)
    const detail = 'the review is applying: decisions count while it is open'
    const late = await refusal('admin', 'POST', `${path}/decisions`, { decisions })
    expect(late).toMatchObject({ ...conflict, detail })
    await runReviewWorker(world.table, scene.customerId)
    const { body } = await world.ask(`${scene.at}${path}`, token.admin)
    expect(body.state).toBe('closed')
    expect(await refusal('admin', 'POST', `${path}/decisions`, { decisions })).toMatchObject({ status: 409 })
    const now = { 'if-match': await scene.etag(path) }
    expect(await refusal('admin', 'POST', `${path}/apply`, undefined, now)).toMatchObject(conflict)
  })
})

/** The second review, stopped while it opens. */
async function copyItem(customerId: string, item: string, from: string, to: string): Promise<void> {
  const place = parseItemId(item)
  if (!place) throw new Error(`${item} is no item`)
  const [found] = await findReviewItems(world.table, [{ customerId, reviewId: from, ...place }])
  if (!found) throw new Error(`there is no item ${item}`)
  await world.table.putNew(itemRecord({ ...found, reviewId: to }))
}
