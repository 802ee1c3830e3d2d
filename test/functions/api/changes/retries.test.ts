import { beforeEach, describe, expect, it, vi } from 'vitest'
import { routes } from '../../../../functions/api/routes.ts'
import type { Fate } from '../../../support/between.ts'
import { type Committed, readCommit } from '../../../support/commits.ts'
import { isLong, runs } from '../../../support/long.ts'
import { Random } from '../../../support/random.ts'
import { Schedule } from '../../../support/schedule.ts'
import { changeAt, seedScene, type Scene } from '../changes.ts'
import { type Ask, startParties, type Told } from '../parties.ts'
import { taggedPlace } from './route-requests.ts'

const lanes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const parties = await startParties(lanes)
const { between, world } = parties
/** The route's request, at a scene of its own unless told. */
async function requestOf(id: string, scene?: Scene): Promise<Ask> {
  return changeAt(scene ?? (await seedScene(world)), id)
}
const changing = routes.filter(({ changes }) => changes).map(({ id }) => id)

// Waiting for a better moment would only take time: the schedule says who goes on when.
vi.spyOn(Math, 'random').mockReturnValue(0)

let commits: Committed[] = []
const events = () => commits.map(({ event }) => event)
/** The event of a single Change; a delivery is no part of a customer, nor is what somebody gets by mail. */
const oneEvent = (id: string) =>
  ['retryDelivery', 'setMailPreference'].includes(id) ? [undefined] : [expect.any(Object)]

beforeEach(() => {
  commits = []
  between.committed = async (items) => void commits.push(readCommit(items))
  between.fateOf = undefined
})

let keys = 0
const newKey = () => `key-${++keys}`
const withKey = (request: Ask, key = newKey()): Ask => ({
  ...request,
  headers: { ...request.headers, 'idempotency-key': key },
})

/** With the ETag of what it changes, which is another one by the time it's sent again. */
async function matching(request: Ask): Promise<Ask> {
  const path = taggedPlace(request)
  const etag = request.method === 'POST' && path === request.path ? undefined : await parties.etagAt(path)
  return etag === undefined ? request : { ...request, headers: { 'if-match': etag, ...request.headers } }
}

/** The first transactions' fates, one after the other. */
function destine(...fates: Fate[]): void {
  const left = [...fates]
  between.fateOf = () => left.shift()
}

describe.each(changing)('%s', (id) => {
  it.each([
    ['its answer is thrown away', []],
    ['it conflicts, and then the SDK sends it twice', ['conflict', 'hidden']],
  ] satisfies [string, Fate[]][])('happens once though %s', async (_name, fates) => {
    const request = withKey(await matching(await requestOf(id)))
    destine(...fates)
    const first = await parties.ask('a', request)
    expect(first.status).toBeLessThan(300)
    expect(await parties.ask('b', request)).toEqual(first)
    expect(events()).toEqual(oneEvent(id))
  })

  it('happens once though no answer ever comes', async () => {
    const request = withKey(await requestOf(id))
    destine('lost')
    expect((await parties.ask('a', request)).status).toBeGreaterThanOrEqual(500)
    const second = await parties.ask('b', request)
    expect(second.status).toBeLessThan(300)
    expect(await parties.ask('a', request)).toEqual(second)
    expect(events()).toEqual(oneEvent(id))
  })

  it('is not refused because of itself, without a key either', async () => {
    const request = await requestOf(id)
    destine('hidden')
    expect((await parties.ask('a', request)).status).toBeLessThan(300)
    expect(events()).toEqual(oneEvent(id))
  })

  it.each(isLong ? [2, 8] : [8])('happens once for %i of the same at once', async (count) => {
    for (let round = 0; round < runs(1); round++) {
      commits = []
      const request = withKey(await requestOf(id))
      const same = lanes.slice(0, count).map(() => request)
      const { seed, answers } = await atOnce(same, ['conflict', 'hidden', 'lost'])
      const again = await parties.ask('a', request)
      expect(again.status, `seed ${seed}`).toBeLessThan(300)
      const answered = answers.filter(({ status }) => status < 500)
      expect(answered, `seed ${seed}`).toEqual(answered.map(() => again))
      // Only who has committed can have lost its answer.
      expect(answered.length, `seed ${seed}`).toBeGreaterThanOrEqual(count - 1)
      expect(events(), `seed ${seed}`).toEqual(oneEvent(id))
    }
  })
})

let seeds = 0
/** Each in a lane of its own; every fourth transaction meets with one of the fates. */
async function atOnce(requests: readonly Ask[], fates: Fate[]): Promise<{ answers: Told[]; seed: number }> {
  const seed = ++seeds
  const random = new Random(seed)
  between.fateOf = () => (fates.length > 0 && random.chance(0.25) ? random.pick(fates) : undefined)
  between.schedule = new Schedule(seed)
  const answers: Told[] = []
  const work = requests.map((request, place) => {
    const lane = lanes[place] ?? ''
    return [lane, async () => void (answers[place] = await parties.ask(lane, request))] as const
  })
  await between.schedule.run(Object.fromEntries(work))
  between.schedule = undefined
  between.fateOf = undefined
  return { answers, seed }
}

const essence = ({ status, body }: Told) => [status, body?.code ?? 'success']
const oneOfTwo = [
  [422, 'idempotency-mismatch'],
  [expect.any(Number), 'success'],
]

describe('the same key with', () => {
  const another: [string, string, (request: Ask) => Partial<Ask>][] = [
    ['another body', 'createProject', () => ({ body: { name: 'Other' } })],
    ['another path', 'suspendCustomer', ({ path }) => ({ path: path.replace('suspend', 'resume') })],
    ['another method', 'removeMember', () => ({ method: 'PUT', body: { roles: ['dns:read'] } })],
  ]

  it.each(another)('%s is refused, also while the first is running', async (_name, id, change) => {
    for (let round = 0; round < runs(1); round++) {
      commits = []
      const first = withKey(await requestOf(id))
      const { answers, seed } = await atOnce([first, { ...first, ...change(first) }], ['conflict', 'hidden'])
      const sorted = answers.map(essence).sort(([, a], [, b]) => (String(a) < String(b) ? -1 : 1))
      expect(sorted, `seed ${seed}`).toEqual(oneOfTwo)
      expect(commits, `seed ${seed}`).toHaveLength(1)
    }
  })
})

describe('a key', () => {
  it('is the caller’s own', async () => {
    const scene = await seedScene(world)
    const { owner, admin } = scene.token
    const request = withKey(await requestOf('updateCustomer', scene))
    const callers = { owner: { token: owner }, admin: { token: admin }, operator: {}, 'operator-2': {} }
    for (const [who, by] of Object.entries(callers)) {
      const headers = { ...request.headers, 'x-request-id': who }
      const body = { organisation: `Renamed by ${who}` }
      const asked = { ...request, token: undefined, who, ...by, headers, body }
      expect((await parties.ask('a', asked)).status).toBe(200)
    }
    expect(events().map((event) => event?.requestId)).toEqual(['owner', 'admin', 'operator', 'operator-2'])
  })

  it('keeps no refusal', async () => {
    const scene = await seedScene(world)
    const request = withKey({ ...(await requestOf('createProject', scene)), body: { name: 'web' } })
    expect((await parties.ask('a', request)).status).toBe(409)
    expect((await parties.ask('a', await requestOf('updateProject', scene))).status).toBe(200)
    expect((await parties.ask('a', request)).status).toBe(201)
  })
})

describe('it would be seen if', () => {
  const remembered = ['createProject', 'deleteUser', 'removeMember']
  it.each(remembered)('nothing remembered %s', async (id) => {
    between.rewrite = (items) => items.filter(({ Put }) => Put?.Item?.sk !== 'KEY')
    const request = withKey(await requestOf(id))
    const [first, second] = [await parties.ask('a', request), await parties.ask('b', request)]
    between.rewrite = undefined
    expect([second, commits.length]).not.toEqual([first, 1])
  })

  // What only says what is by then changes nothing the second time.
  it.each(remembered)('what is sent again for %s were another transaction', async (id) => {
    const request = await requestOf(id)
    destine('hidden')
    between.losesTokens = true
    const told = await parties.ask('a', request)
    between.losesTokens = false
    expect([told.status < 300, commits.length]).not.toEqual([true, 1])
  })
})
