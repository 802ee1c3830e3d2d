import { describe, expect, it } from 'vitest'
import { type Scene, seedScene } from './changes.ts'
import { openReview, skipNotice } from './open-review.ts'
import { type Asked, requester } from './routing/refused.ts'
import { startWorld } from './world.ts'

const world = await startWorld({ reviews: true })
const keep = { decision: 'keep' }

/** A review of everything with these reviewers; the tech has `full` in the project `web`. */
async function review(reviewers: (id: Scene['id']) => string[]) {
  const scene = await seedScene(world)
  const { id, customerId, token } = scene
  const ask = requester(scene)
  const member = `/projects/${id.web}/members/${id.tech}`
  await ask(['admin', 'PUT', member, { roles: ['full'], expiresAt: '2026-11-30T00:00:00Z' }])
  await ask(['admin', 'PUT', '/review-policy', { reviewers: reviewers(id) }])
  await skipNotice(world.table, customerId)
  const path = `/reviews/${await openReview(world, { customerId, operator: token.operator })}`
  await world.settle()
  const status = async (...asked: Asked) => {
    const answer = await ask(asked)
    await world.settle()
    return answer.status
  }
  return {
    scene,
    id,
    path,
    member,
    ask,
    status,
    decide: (by: keyof Scene['token'], item: string, body: object = keep) =>
      status(by, 'PUT', `${path}/items/${item}/decision`, body),
    /** Ids of the listed items. */
    listed: async (by: keyof Scene['token'], query = '') => {
      const { body } = await ask([by, 'GET', `${path}/items${query}`])
      return new Set(body.items.map((item) => item.id))
    },
  }
}

describe('the owner of a project, as a reviewer by the policy,', () => {
  it('decides on others’ grants in it, without being in Main', async () => {
    const { id, path, status, decide, listed } = await review(() => ['project'])
    await status('admin', 'DELETE', `/projects/main/members/${id.tech}`)
    const inWeb = (user: string) => `${user}.project.${id.web}`
    expect(await status('tech', 'GET', path)).toBe(200)
    expect(await listed('tech')).toEqual(new Set([inWeb(id.owner), inWeb(id.admin)]))
    expect(await decide('tech', inWeb(id.admin), { decision: 'revoke' })).toBe(200)
    expect(await decide('tech', inWeb(id.owner))).toBe(200)
    expect(await decide('tech', inWeb(id.tech))).toBe(403)
    for (const item of [`${id.admin}.project.main`, `${id.owner}.project.${id.old}`]) {
      expect(await decide('tech', item)).toBe(404)
      expect(await status('tech', 'GET', `${path}/items/${item}`)).toBe(404)
    }
  })

  it('manages no reviews, and is a reviewer until the grant expires', async () => {
    const { scene, id, path, status, decide } = await review(() => ['project'])
    for (const [method, at, body] of [
      ['GET', '/reviews', undefined],
      ['POST', '/reviews', {}],
      ['GET', '/review-policy', undefined],
      ['PUT', '/review-policy', {}],
      ['POST', `${path}/apply`, undefined],
      ['POST', `${path}/cancel`, undefined],
    ] as const) {
      expect(await status('tech', method, at, body)).toBe(403)
    }
    expect(await status('tech', 'GET', path)).toBe(200)
    const before = world.now()
    world.setTime(new Date('2026-11-30T00:00:00.000Z'))
    scene.token.tech = await world.person(scene.mail('tech'))
    expect(await status('tech', 'GET', path)).toBe(404)
    expect(await decide('tech', `${id.admin}.project.${id.web}`)).toBe(404)
    world.setTime(before)
  })

  it.each([
    ['is removed', 'DELETE', undefined],
    ['is given less', 'PUT', { roles: ['compute:manage'] }],
  ] as const)('is no longer a reviewer when it %s', async (_what, method, body) => {
    const { id, path, member, status, decide } = await review(() => ['project'])
    expect(await status('tech', 'GET', path)).toBe(200)
    await status('admin', method, member, body)
    const item = `${id.admin}.project.${id.web}`
    expect(await status('tech', 'GET', path)).toBe(404)
    expect(await status('tech', 'GET', `${path}/items`)).toBe(404)
    expect(await decide('tech', item)).toBe(404)
    const decisions = [{ item, ...keep }]
    expect(await status('tech', 'POST', `${path}/decisions`, { decisions })).toBe(404)
  })
})

describe('a reviewer named by id', () => {
  it('decides on all items but the own ones, which are the main-customer’s', async () => {
    const { id, path, status, decide, listed } = await review((ids) => [ids.billing])
    const all = await listed('operator')
    const own = `${id.billing}.project.main`
    expect(all).toContain(own)
    expect(await listed('admin', `?reviewer=${id.owner}`)).toEqual(new Set([own]))
    expect(await listed('billing')).toEqual(new Set([...all].filter((item) => item !== own)))
    expect(await decide('billing', own)).toBe(403)
    expect(await decide('billing', `${id.tech}.server.vps-1`, { decision: 'revoke' })).toBe(200)
    const decisions = [`${id.tech}.project.main`, own].map((item) => ({ item, ...keep }))
    expect(await status('billing', 'POST', `${path}/decisions`, { decisions })).toBe(403)
    expect(await listed('billing', '?state=decided')).toEqual(new Set([`${id.tech}.server.vps-1`]))
  })

  it('sees no other reviewer’s list; a manager of reviews sees all', async () => {
    const { id, listed } = await review((ids) => [ids.billing, 'project'])
    expect(await listed('billing', `?reviewer=${id.tech}`)).toEqual(new Set())
    expect(await listed('billing', `?reviewer=${id.billing}`)).toEqual(await listed('billing'))
    expect(await listed('admin', `?reviewer=${id.tech}`)).toEqual(await listed('tech'))
    expect((await listed('tech')).size).toBe(2)
    expect(await listed('admin', '?reviewer=usr_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toEqual(new Set())
  })

  it('is denied while disabled, or the customer suspended, and unknown once deleted', async () => {
    const { scene, id, path, status, decide, listed } = await review((ids) => [ids.billing])
    const item = `${id.tech}.project.main`
    await status('admin', 'PATCH', `/users/${id.billing}`, { status: 'disabled' })
    expect([await status('billing', 'GET', path), await decide('billing', item)]).toEqual([403, 403])
    expect(await status('billing', 'GET', '/reviews/01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBe(403)
    await status('admin', 'PATCH', `/users/${id.billing}`, { status: 'active' })
    await status('operator', 'POST', '/suspend')
    expect([await status('billing', 'GET', path), await decide('billing', item)]).toEqual([403, 403])
    await status('operator', 'POST', '/resume')
    expect(await decide('billing', item)).toBe(200)
    const seen = { 'if-match': await scene.etag(`/users/${id.billing}`) }
    await status('admin', 'DELETE', `/users/${id.billing}`, undefined, seen)
    expect([await status('billing', 'GET', path), await decide('billing', item)]).toEqual([404, 404])
    // Then the main-customer is the reviewer.
    expect(await listed('admin', `?reviewer=${id.owner}`)).toContain(`${id.admin}.project.main`)
  })
})

it('a user who is neither finds no review', async () => {
  const { id, path, status } = await review(() => ['admins'])
  for (const by of ['tech', 'billing'] as const) {
    for (const at of [path, `${path}/items`, `${path}/items/${id[by]}.project.main`, '/reviews/none']) {
      expect(await status(by, 'GET', at)).toBe(404)
    }
  }
})

it('a transfer of the ownership lets nobody decide on their own grants', async () => {
  const { scene, id, path, ask, status, decide } = await review(() => ['admins', 'project'])
  const [ofAdmin, ofOwner] = [`${id.admin}.project.${id.web}`, `${id.owner}.project.${id.web}`]
  expect(await decide('owner', ofAdmin, { decision: 'revoke' })).toBe(200)
  const seen = { 'if-match': await scene.etag('') }
  expect(await status('operator', 'POST', '/ownership-transfer/force', { to: id.admin }, seen)).toBe(200)
  expect((await ask(['owner', 'GET', `${path}/items/${ofAdmin}`])).body).toMatchObject({
    state: 'open',
    userType: 'main-customer',
    locked: true,
    earlierDecisions: [{ decision: 'revoke' }],
  })
  expect([await decide('admin', ofAdmin), await decide('owner', ofOwner)]).toEqual([403, 403])
  expect(await decide('owner', ofAdmin, { decision: 'revoke' })).toBe(409)
  expect([await decide('owner', ofAdmin), await decide('admin', ofOwner)]).toEqual([200, 200])
})
