import { beforeAll, describe, expect, it } from 'vitest'
import { isLong } from '../../support/long.ts'
import { mail } from './acme.ts'
import { openReview } from './open-review.ts'
import { startWorld } from './world.ts'

const customerId = 'BIG000001'
const at = `/v1/customers/${customerId}`
/** Techs, projects, and projects of the first tech: all beyond a page, those of a long run beyond a batch too. */
const [people, rooms, full] = isLong ? [220, 130, 110] : [110, 70, 55]
const techs = Array.from({ length: people }, (_, each) => each)
const projects = Array.from({ length: rooms }, (_, each) => `p${each}`)
const because = { 'x-reason': 'because' }
const world = await startWorld()
const tokens = { owner: '', u0: '', client: '', operator: await world.operator() }
const ids: Record<string, string> = {}
let path = ''

/** The client is in each of `projects`; all techs are in the first; the first tech has `full` in some. */
beforeAll(async () => {
  const mainCustomer = { name: 'O', email: mail('owner') }
  await world.event('customer.created', { customerId, organisation: 'Big', mainCustomer })
  await world.eventsAtOnce(projects.map((name) => ['project.created', { customerId, name }]))
  const user = { customerId, name: 'U', type: 'customer-tech' }
  await world.eventsAtOnce(techs.map((each) => ['user.created', { ...user, email: mail(`u${each}`) }]))
  await world.event('user.created', { ...user, type: 'customer-client', email: mail('client') })
  const granted = (who: string, project: string, roles: string[]) =>
    ['membership.granted', { customerId, project, user: mail(who), roles }] satisfies [string, object]
  await world.eventsAtOnce([
    ...techs.slice(1).map((each) => granted(`u${each}`, 'p0', ['dns:read'])),
    ...projects.map((project) => granted('client', project, ['dns:read'])),
    ...projects.slice(0, full).map((project) => granted('u0', project, ['full'])),
  ])
  for (const who of ['owner', 'u0', 'client'] as const) {
    tokens[who] = await world.person(mail(who))
    ids[who] = await world.userId(customerId, mail(who))
    await world.ask('/v1/me', tokens[who])
  }
  const policy = { reviewers: ['admins', 'project', ids.client] }
  await world.send('PUT', `${at}/review-policy`, tokens.operator, policy, because)
  path = `${at}/reviews/${await openReview(world, { customerId, operator: tokens.operator })}`
})

/** Reads all pages of the list, each with ten requests at most. */
async function all(by: keyof typeof tokens, query: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  let cursor = ''
  do {
    const requests = await world.requestsOf(async () => {
      const { status, body } = await world.ask(`${path}/items?${query}${cursor}`, tokens[by])
      expect(status).toBe(200)
      found.push(...body.items)
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`
    })
    expect(requests.length).toBeLessThanOrEqual(10)
  } while (cursor !== '')
  return found
}

const idsOf = (items: readonly Record<string, unknown>[]) => items.map(({ id }) => String(id))

describe('in pages of any size, each of ten requests at most,', () => {
  it.each([7, 200])('all items are listed once: %i', async (limit) => {
    const found = idsOf(await all('operator', `limit=${limit}`))
    // Main and each project of the owner's, p0 of the techs', each of the client's, and the first tech's.
    expect(found).toHaveLength(1 + rooms + (people - 1) + rooms + full)
    expect(new Set(found).size).toBe(found.length)
  })

  it.each([50, 200])('so are the items of a reviewer: %i', async (limit) => {
    const every = await all('operator', 'limit=200')
    const held = new Set(projects.slice(0, full))
    const expected = every.filter(
      ({ userId, resource }) => userId !== ids.u0 && held.has(String(Object(resource).name)),
    )
    expect(idsOf(await all('u0', `limit=${limit}`))).toEqual(idsOf(expected))
    expect(idsOf(await all('owner', `limit=${limit}&reviewer=${ids.u0}`))).toEqual(idsOf(expected))
    const ofOthers = every.filter(({ userId }) => userId !== ids.client)
    expect(idsOf(await all('client', `limit=${limit}`))).toEqual(idsOf(ofOthers))
    const ofOwner = every.filter(({ userId }) => userId !== ids.owner)
    const asked = await all('operator', `limit=${limit}&reviewer=${ids.owner}`)
    const inProjects = ofOwner.filter(({ resource }) => Object(resource).id !== 'main')
    expect(idsOf(asked)).toEqual(idsOf(inProjects))
  })

  it('an unknown reviewer has none', async () => {
    expect(await all('owner', 'limit=200&reviewer=usr_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toEqual([])
  })

  it('so are the items in one state', async () => {
    const [first, second] = idsOf(await all('u0', 'limit=200'))
    const decisions = [first, second].map((item) => ({ item, decision: 'keep' }))
    expect((await world.post(`${path}/decisions`, tokens.u0, { decisions })).status).toBe(200)
    expect(idsOf(await all('operator', 'limit=1&state=decided'))).toEqual([first, second])
    expect(await all('u0', 'limit=200&state=open')).toHaveLength((await all('u0', 'limit=200')).length - 2)
    for (const state of ['gone', 'applied', 'verified', 'heldBack']) {
      expect(await all('operator', `state=${state}`)).toEqual([])
    }
  })
})

it('a cursor does not reveal to a reviewer at which item it stopped', async () => {
  const { body } = await world.ask(`${path}/items?limit=1`, tokens.u0)
  const bytes = Buffer.from(body.nextCursor ?? '', 'base64url').toString('latin1')
  expect(bytes.length).toBeGreaterThan(20)
  expect(bytes).not.toMatch(/usr_|prj_|ITEM/)
})

it.each(['state=done', 'state=', 'reviewer=a%23b', 'item=x'])('%s is no filter', async (query) => {
  const { status, body } = await world.ask(`${path}/items?${query}`, tokens.operator)
  expect([status, body.errors]).toMatchObject([400, [{ pointer: query.split('=')[0] }]])
})
