import { describe, expect, it } from 'vitest'
import { recordUsage } from '../../../shared/usage/usage-store.ts'
import { because, seedScene } from './changes.ts'
import { skipNotice } from './open-review.ts'
import { requester } from './routing/refused.ts'
import { startWorld } from './world.ts'

const world = await startWorld({ reviews: true })
const day = 86_400_000
const threeTeams = ['red', 'blue', 'green']

/** Projects with three techs in each, on whom nobody decides. */
async function start({ teams = [], ...policy }: { teams?: string[] } & Record<string, unknown>) {
  const scene = await seedScene(world)
  const { customerId, mail } = scene
  const asks = requester(scene)
  const ask: typeof asks = async (asked) => {
    const answer = await asks(asked)
    await world.settle()
    return answer
  }
  await world.eventsAtOnce(teams.map((name) => ['project.created', { customerId, name }]))
  const techs = teams.flatMap((team) => [1, 2, 3].map((place) => `${team}${place}`))
  const user = { customerId, type: 'customer-tech', name: 'T' }
  await world.eventsAtOnce(techs.map((each) => ['user.created', { ...user, email: mail(each) }]))
  const grantOf = (each: string) => ({
    customerId,
    user: mail(each),
    project: each.slice(0, -1),
    roles: ['dns:read'],
  })
  await world.eventsAtOnce(techs.map((each) => ['membership.granted', grantOf(each)]))
  await ask(['operator', 'PUT', '/review-policy', policy])
  await skipNotice(world.table, customerId)
  const held = async () => {
    const { text } = await world.ask(`${scene.at}/export`, await world.operator())
    return text.split('\n').filter((line) => /"type":"(membership|assignment)"/.test(line)).length
  }
  /** Starts a review, ends it early, and returns its cap. */
  const review = async (scope?: object) => {
    const started = await ask(['operator', 'POST', '/reviews', scope ? { scope } : {}])
    if (started.status !== 201) throw new Error(started.text)
    const path = `/reviews/${String(started.body.id)}`
    const seen = { 'if-match': await scene.etag(path, await world.person(mail('owner'))) }
    const applying = await ask(['operator', 'POST', `${path}/apply`, undefined, { ...because, ...seen }])
    if (applying.status !== 200) throw new Error(applying.text)
    const { body } = await ask(['operator', 'GET', path])
    expect(body.state).toBe('closed')
    return { path, policy: Object(body.policy), brake: Object(body.brake) as Record<string, number> }
  }
  const pass = async (milliseconds: number) => {
    world.setTime(new Date(world.now().getTime() + milliseconds))
    scene.token.operator = await world.operator()
  }
  const inTeam = async (name: string) => ({ projects: [await world.projectId(customerId, name)] })
  return { scene, ask, held, review, pass, inTeam }
}

const revoking = { unanswered: 'revoke', everyMonths: 'never' }

describe('revocations without a decision', () => {
  it('are no more than the share, however many small reviews there are in a minute', async () => {
    const { held, review, pass, inTeam } = await start({ ...revoking, teams: threeTeams })
    const before = await held()
    const limit = Math.floor(before * 0.2)
    const caps = []
    for (const team of threeTeams) {
      caps.push((await review(await inTeam(team))).brake)
      await pass(5000)
    }
    for (const team of threeTeams) caps.push((await review(await inTeam(team))).brake)
    caps.push((await review()).brake)
    const lost = before - (await held())
    expect(lost).toBeGreaterThan(0)
    expect(lost).toBeLessThanOrEqual(limit)
    expect(caps[0]).toMatchObject({ population: before, limit })
    expect(caps.at(-1)).toMatchObject({ population: before - lost, taken: lost, limit: 0 })
  })

  it('are limited to the rest of the last thirty days, and to the whole share after that', async () => {
    const { held, review, pass } = await start(revoking)
    const before = await held()
    await review()
    const first = before - (await held())
    expect(first).toBe(Math.floor(before * 0.2))
    await pass(30 * day)
    await review()
    expect(before - (await held())).toBe(first)
    await pass(1)
    await review()
    const second = before - first - (await held())
    expect(second).toBe(Math.floor((before - first) * 0.2))
  })

  it('count for each customer apart', async () => {
    const [one, other] = [await start(revoking), await start(revoking)]
    const before = await other.held()
    await one.review()
    const { brake } = await other.review()
    const limit = Math.floor(before * 0.2)
    expect(brake).toEqual({ population: before, limit, candidates: expect.any(Number) })
    expect(before - (await other.held())).toBe(brake.limit)
  })

  it('are none in a cancelled review, which leaves the next one the whole share', async () => {
    const { ask, held, review } = await start(revoking)
    const before = await held()
    const { body } = await ask(['operator', 'POST', '/reviews', {}])
    await ask(['operator', 'POST', `/reviews/${String(body.id)}/cancel`])
    expect((await review()).brake).toMatchObject({ limit: Math.floor(before * 0.2) })
  })

  it('include reductions', async () => {
    const { scene, ask, held, review, pass } = await start({ everyMonths: 'never', largestShare: 25 })
    const { customerId, id } = scene
    await ask(['operator', 'PUT', `/projects/${id.web}/members/${id.tech}`, { roles: ['full'] }])
    await pass(100 * day)
    const resource = { kind: 'project', id: id.web } as const
    const today = world.now().toISOString().slice(0, 10)
    await recordUsage(world.table, [{ customerId, userId: id.tech, resource, level: 'read' }], today)
    const before = await held()
    const first = await review({ projects: [id.web], types: ['customer-tech'] })
    expect(Object((await ask(['operator', 'GET', first.path])).body.outcomes)).toEqual({ reduced: 1 })
    expect(await held()).toBe(before)
    expect((await review()).brake).toMatchObject({ taken: 1, limit: Math.floor(before * 0.25) - 1 })
  })
})

describe('a policy that is loosened', () => {
  const loose = { unanswered: 'revoke', largestShare: 100, days: 1, reminders: [] }

  it('does not count for a review that is started and applied right after it is set', async () => {
    const { ask, held, review } = await start({})
    const before = await held()
    const { body: set } = await ask(['operator', 'PUT', '/review-policy', loose])
    const until = new Date(world.now().getTime() + 7 * day).toISOString()
    const strict = { days: 14, unanswered: 'recommendation', largestShare: 20, reminders: [7, 1] }
    expect(set).toMatchObject({ ...loose, inForce: [{ ...strict, until }] })
    const { policy } = await review()
    expect(policy).toMatchObject(strict)
    expect(await held()).toBe(before)
  })

  it('counts for reviews that start seven days later, and not for the one that started before', async () => {
    const { ask, held, review, pass } = await start({})
    await ask(['operator', 'PUT', '/review-policy', loose])
    await pass(7 * day - 1)
    const { body } = await ask(['operator', 'POST', '/reviews', {}])
    await pass(1)
    const path = `/reviews/${String(body.id)}`
    expect((await ask(['operator', 'GET', path])).body.policy).toMatchObject({ largestShare: 20 })
    await ask(['operator', 'POST', `${path}/cancel`])
    expect((await ask(['operator', 'GET', '/review-policy'])).body.inForce).toBeUndefined()
    const before = await held()
    expect((await review()).policy).toMatchObject(loose)
    expect(await held()).toBeLessThan(before / 2)
  })

  it('keeps its ETag when it begins to count, and the next change matches it', async () => {
    const { ask, pass } = await start({})
    const set = await ask(['operator', 'PUT', '/review-policy', loose])
    const seen = { 'if-match': set.headers.get('etag') ?? '' }
    await pass(8 * day)
    const known = { 'if-none-match': seen['if-match'] }
    expect((await ask(['operator', 'GET', '/review-policy', undefined, known])).status).toBe(200)
    expect((await ask(['operator', 'PUT', '/review-policy', {}, seen])).status).toBe(200)
  })

  it('is as strict as the stricter one at once, if it is tightened meanwhile', async () => {
    const { ask, review } = await start({})
    await ask(['operator', 'PUT', '/review-policy', loose])
    await ask(['operator', 'PUT', '/review-policy', { largestShare: 0, unanswered: 'keep' }])
    const { policy, brake } = await review()
    expect(policy).toMatchObject({ largestShare: 0, unanswered: 'keep' })
    expect(brake.limit).toBe(0)
  })
})
