import { beforeAll, describe, expect, it } from 'vitest'
import { because, seedScene } from './changes.ts'
import { type Asked, requester } from './routing/refused.ts'
import { type Answer, startWorld } from './world.ts'

const world = await startWorld({ reviews: true })
const scene = await seedScene(world)
const { id, mail } = scene
const ask = requester(scene)

async function done(...asked: Asked): Promise<Answer> {
  const answer = await ask(asked)
  if (answer.status >= 300) throw new Error(`${asked.slice(0, 3).join(' ')}: ${answer.text}`)
  await world.settle()
  return answer
}

/** Moves the clock, runs the worker, and renews the tokens, which are valid for minutes. */
async function days(count: number): Promise<void> {
  world.setTime(new Date(world.now().getTime() + count * 86_400_000))
  for (const name of ['owner', 'admin', 'tech', 'billing'] as const) {
    scene.token[name] = await world.person(mail(name))
  }
  scene.token.operator = await world.operator()
  await world.reviews.sweep()
  await world.settle()
}

const item = (user: string, place: string) => `${user}.${place}`
const byId = ({ body }: Answer) => new Map(body.items.map((each) => [each.id, each]))

describe('a review, from the policy to its end', () => {
  const policy = { everyMonths: 1, days: 10, reviewers: ['admins', id.billing], unanswered: 'revoke' }
  let review = ''
  let path = ''

  it('the default policy is there before anybody sets one', async () => {
    const { body } = await done('admin', 'GET', '/review-policy')
    expect(body).toMatchObject({
      everyMonths: 3,
      days: 14,
      scope: {},
      reviewers: ['admins'],
      unanswered: 'recommendation',
      largestShare: 20,
      reminders: [7, 1],
    })
    const { body: customer } = await done('admin', 'GET', '')
    expect([body.createdAt, body.updatedAt]).toEqual([customer.createdAt, customer.createdAt])
  })

  it('a field that the policy omits has its default', async () => {
    const { body: before } = await done('admin', 'GET', '/review-policy')
    const { body } = await done('admin', 'PUT', '/review-policy', policy)
    const whole = { ...policy, scope: {}, largestShare: 20, reminders: [7, 1] }
    const now = world.now().toISOString()
    const until = new Date(world.now().getTime() + 7 * 86_400_000).toISOString()
    const { largestShare, reminders, reviewers } = whole
    const inForce = [
      { days: before.days, reviewers, unanswered: before.unanswered, largestShare, reminders, until },
    ]
    const times = { nextReviewAt: expect.any(String), createdAt: now, updatedAt: now }
    expect(body).toEqual({ ...whole, inForce, ...times })
    const short = { ...policy, days: 3 }
    expect((await done('admin', 'PUT', '/review-policy', short)).body.reminders).toEqual([1])
    expect((await done('admin', 'PUT', '/review-policy', policy)).body).toEqual(body)
  })

  it('the clock starts one when it is due, and reminds the reviewers', async () => {
    expect((await done('admin', 'GET', '/reviews')).body.items).toEqual([])
    const before = await done('admin', 'GET', '/review-policy')
    await days(31)
    const [found = {}] = (await done('admin', 'GET', '/reviews')).body.items
    expect(found).toMatchObject({
      state: 'open',
      startedBy: { kind: 'system', id: 'review-clock' },
      policy: { reviewers: policy.reviewers },
      items: 9,
      reminded: [{ mark: 'opened', told: 2 }],
    })
    review = String(found.id)
    // The schedule's next run doesn't change the ETag.
    const seen = { 'if-none-match': before.headers.get('etag') ?? '' }
    const policyThen = await ask(['admin', 'GET', '/review-policy', undefined, seen])
    expect([policyThen.status, policyThen.headers.get('etag')]).toEqual([200, seen['if-none-match']])
    expect(policyThen.body.nextReviewAt).not.toBe(before.body.nextReviewAt)
    path = `/reviews/${review}`
    const { etag, ...shown } = found
    const one = await done('admin', 'GET', path)
    expect([one.body, one.headers.get('etag')]).toEqual([shown, etag])
  })

  it('every grant is an item, with evidence and recommendation', async () => {
    const items = byId(await done('admin', 'GET', `${path}/items`))
    const held = {
      [id.owner]: ['project.main', `project.${id.old}`, `project.${id.web}`],
      [id.admin]: ['project.main', `project.${id.web}`],
      [id.billing]: ['project.main'],
      [id.tech]: ['project.main', `project.${id.web}`, 'server.vps-1'],
    }
    const all = Object.entries(held).flatMap(([user, places]) => places.map((place) => item(user, place)))
    expect(new Set(items.keys())).toEqual(new Set(all))
    expect(items.size).toBe(all.length)
    expect(items.get(item(id.tech, 'server.vps-1'))).toMatchObject({
      reviewId: review,
      userId: id.tech,
      email: mail('tech'),
      userType: 'customer-tech',
      resource: { type: 'server', id: 'vps-1', name: 'one.scene.example' },
      capabilities: ['view', 'power'],
      source: 'webhook',
      grantedBy: 'webhook:orders',
      evidence: { loginLinked: true },
      recommendation: { advice: 'keep', because: 'not-known' },
      state: 'open',
    })
    expect(items.get(item(id.owner, 'project.main'))).toMatchObject({
      recommendation: { advice: 'keep', because: 'owner' },
      locked: true,
      lockReason: 'what the main-customer holds can only be acknowledged',
    })
    const one = await done('admin', 'GET', `${path}/items/${item(id.tech, 'server.vps-1')}`)
    expect({ ...one.body, etag: one.headers.get('etag') }).toEqual(items.get(item(id.tech, 'server.vps-1')))
  })

  it('decisions can change until it is applied, with history', async () => {
    const at = `${path}/items/${item(id.tech, `project.${id.web}`)}`
    const { headers } = await done('admin', 'GET', at)
    const seen = { 'if-match': headers.get('etag') ?? '' }
    const first = await done('admin', 'PUT', `${at}/decision`, { decision: 'revoke', reason: 'left' }, seen)
    expect(first.body).toMatchObject({ state: 'decided', decision: { decision: 'revoke', reason: 'left' } })
    expect((await ask(['owner', 'PUT', `${at}/decision`, { decision: 'keep' }, seen])).status).toBe(412)
    const until = '2027-06-30T22:00:00.000Z'
    const second = await done('owner', 'PUT', `${at}/decision`, { decision: 'keep', until })
    const by = (name: 'admin' | 'owner') => `user:${id[name]}`
    expect(second.body).toMatchObject({
      decision: { decision: 'keep', until, by: by('owner') },
      earlierDecisions: [{ decision: 'revoke', reason: 'left', by: by('admin') }],
    })
    expect((await done('admin', 'GET', at)).headers.get('etag')).toBe(second.headers.get('etag'))
  })

  it('many items are decided in one request', async () => {
    const decisions = [
      { item: item(id.tech, 'project.main'), decision: 'revoke', reason: 'no need' },
      { item: item(id.tech, 'server.vps-1'), decision: 'reduce', capabilities: ['view'] },
    ]
    const { body } = await done('billing', 'POST', `${path}/decisions`, { decisions })
    expect(body.items).toMatchObject(
      decisions.map(({ item: each, ...decision }) => ({ id: each, state: 'decided', decision })),
    )
    const states = (await done('admin', 'GET', `${path}/items?state=decided`)).body.items
    expect(states.map((each) => each.id)).toHaveLength(3)
  })

  it('a new grant becomes an item, and the item of a revoked one is gone', async () => {
    await done('admin', 'PUT', `/projects/${id.old}/members/${id.tech}`, { roles: ['dns:read'] })
    const at = `${path}/items/${item(id.tech, `project.${id.old}`)}`
    expect((await done('admin', 'GET', at)).body).toMatchObject({ state: 'open', source: 'explicit' })
    await done('admin', 'DELETE', `/projects/${id.old}/members/${id.tech}`)
    const gone = { state: 'gone', goneBecause: 'not held any more' }
    expect((await done('admin', 'GET', at)).body).toMatchObject(gone)
    const refused = await ask(['admin', 'PUT', `${at}/decision`, { decision: 'keep' }])
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict'])
  })

  it('reviewers with undecided items are reminded', async () => {
    await days(3)
    const { reminded } = (await done('admin', 'GET', path)).body
    expect(reminded).toMatchObject([{ mark: 'opened' }, { mark: '7d' }])
  })

  it('applied early, it closes with the decisions applied and some defaults held back', async () => {
    const { headers } = await done('admin', 'GET', path)
    const seen = { 'if-match': headers.get('etag') ?? '' }
    const applying = await done('admin', 'POST', `${path}/apply`, undefined, { ...because, ...seen })
    expect(applying.body).toMatchObject({ state: 'applying', appliedBy: { kind: 'user', id: id.admin } })
    const { body: closed } = await done('admin', 'GET', path)
    expect(closed).toMatchObject({ state: 'closed', brake: { limit: 1 } })
    const items = byId(await done('admin', 'GET', `${path}/items`))
    const outcomes = [...items.values()].map(({ outcome }) => Object(outcome).by)
    expect(outcomes.filter((by) => by === 'decision')).toHaveLength(3)
    const held = await done('admin', 'GET', `${path}/items?state=heldBack`)
    expect(held.body.items.length).toBe(Number(Object(closed.outcomes).heldBack))
    expect(held.body.items.length).toBeGreaterThan(0)
    const sum = Object.values(Object(closed.outcomes)).reduce((all: number, each) => all + Number(each), 0)
    expect(sum).toBe(items.size)
    expect(new Set([...items.values()].map(({ state }) => state))).toEqual(new Set(['verified', 'gone']))
  })

  it('the directory is as decided', async () => {
    const { body } = await done('admin', 'GET', `/users/${id.tech}/grants`)
    expect(new Set(body.items.map((grant) => grant.projectId ?? grant.serverId))).toEqual(
      new Set([id.web, 'vps-1']),
    )
    expect(body.items).toContainEqual(expect.objectContaining({ capabilities: ['view'], source: 'review' }))
    expect(body.items).toContainEqual(expect.objectContaining({ expiresAt: '2027-06-30T22:00:00.000Z' }))
    const { body: owner } = await done('admin', 'GET', `/users/${id.owner}/grants`)
    expect(owner.items).toHaveLength(3)
  })

  it('everything is in the audit trail', async () => {
    const { body } = await done('admin', 'GET', '/events?limit=200')
    const types = new Set(body.items.map(({ type }) => type))
    const opening = ['started', 'opened', 'decided', 'items-changed', 'reminded']
    const expected = [...opening, 'applying', 'settled', 'applied', 'closed'].map((each) => `review.${each}`)
    expect([...types]).toEqual(expect.arrayContaining([...expected, 'review-policy.set']))
  })

  it('the next one can be started for a scope, and cancelled', async () => {
    const scope = { origins: ['explicit'] }
    const { body, headers } = await done('admin', 'POST', '/reviews', { scope })
    expect(body).toMatchObject({
      state: 'opening',
      startedBy: { kind: 'user', id: id.admin },
      policy: { scope },
    })
    const at = new URL(headers.get('location') ?? '').pathname
    const { items } = (await done('admin', 'GET', `${at}/items`)).body
    expect(items.map(({ source }) => source)).not.toContain('type')
    const reason = { 'x-reason': 'too early' }
    expect((await done('admin', 'POST', `${at}/cancel`, undefined, reason)).body).toMatchObject({
      state: 'cancelled',
      cancelledBy: { kind: 'user', id: id.admin },
      cancelledBecause: 'too early',
    })
    const listed = (await done('admin', 'GET', '/reviews')).body.items
    expect(listed.map(({ state }) => state)).toEqual(['cancelled', 'closed'])
  })
})

beforeAll(async () => {
  // Begins the schedule, from which the first period counts.
  await world.reviews.beginSchedules()
})
