import { expect, test, vi } from 'vitest'
import { readCommit } from '../../support/commits.ts'
import { runs } from '../../support/long.ts'
import { Random } from '../../support/random.ts'
import { Schedule } from '../../support/schedule.ts'
import { startCopies } from './copies.ts'
import { runReviewWorker } from './open-review.ts'
import { startParties, type Told } from './parties.ts'

const parties = await startParties(['a', 'b', 'c'])
const { between, table, ask } = parties
const people = { ada: 'customer-admin', tim: 'customer-tech' } as const
const copy = await startCopies(parties, people, async ({ c, path, users, projects }, told) => {
  const member = `${path}/projects/${projects.web}/members/${users.tim}`
  await told({ who: 'operator', method: 'PUT', path: member, body: { roles: ['dns:manage'] } })
  const { body } = await told({ who: 'operator', method: 'POST', path: `${path}/reviews`, body: {} })
  await runReviewWorker(table, c)
  return { review: String(body?.id) }
})
const schedules = runs(6)

// Backing off would only take time: the schedule decides which request continues.
vi.spyOn(Math, 'random').mockReturnValue(0)

type Work = (lane: string) => Promise<Told>

/** Sends each in a lane of its own, in the order of the seed, and returns the responses. */
async function atOnce(seed: number, work: Record<string, Work>): Promise<Record<string, Told>> {
  const random = new Random(seed)
  between.fateOf = () => (random.chance(0.1) ? 'conflict' : undefined)
  between.schedule = new Schedule(seed)
  const answers: Record<string, Told> = {}
  const lanes = Object.entries(work).map(
    ([lane, each]) => [lane, async () => void (answers[lane] = await each(lane))] as const,
  )
  await between.schedule.run(Object.fromEntries(lanes))
  between.schedule = undefined
  between.fateOf = undefined
  return answers
}

const read = async (path: string) => (await ask('', { who: 'operator', method: 'GET', path })).body ?? {}

async function begin() {
  const { c, path, users, projects, review } = await copy()
  const at = `${path}/reviews/${review}`
  const item = `${at}/items/${users.tim}.project.${projects.web}`
  return {
    c,
    at,
    item: () => read(item),
    review: () => read(at),
    etag: () => parties.etagAt(item),
    decide:
      (who: string, body: object, headers = {}): Work =>
      (lane) =>
        ask(lane, { who, method: 'PUT', path: `${item}/decision`, body, headers }),
    /** With the ETag read just before. */
    apply: async (): Promise<Work> => {
      const headers = { 'if-match': (await parties.etagAt(at)) ?? '' }
      return (lane) => ask(lane, { who: 'owner', method: 'POST', path: `${at}/apply`, headers })
    },
  }
}

const decisions = { a: { decision: 'revoke' }, b: { decision: 'reduce', roles: ['dns:read'] } }

test(`two concurrent decisions: the later one counts, and the other is its history (${schedules} schedules)`, async () => {
  const last = new Set<string>()
  for (let seed = 1; seed <= schedules; seed++) {
    const { decide, item } = await begin()
    const responses = await atOnce(seed, { a: decide('owner', decisions.a), b: decide('ada', decisions.b) })
    expect([responses.a?.status, responses.b?.status], `seed ${seed}`).toEqual([200, 200])
    const { decision, earlierDecisions } = await item()
    const [final, before] = [Object(decision).decision, Object(earlierDecisions)[0].decision]
    expect(new Set([final, before]), `seed ${seed}`).toEqual(new Set(['revoke', 'reduce']))
    last.add(String(final))
  }
  expect(last).toEqual(new Set(['revoke', 'reduce']))
})

test(`of two with the same If-Match, one counts (${schedules} schedules)`, async () => {
  for (let seed = 1; seed <= schedules; seed++) {
    const { decide, item, etag } = await begin()
    const seen = { 'if-match': (await etag()) ?? '' }
    const responses = await atOnce(seed, {
      a: decide('owner', decisions.a, seen),
      b: decide('ada', decisions.b, seen),
    })
    const statuses = [responses.a?.status, responses.b?.status]
    expect(new Set(statuses), `seed ${seed}`).toEqual(new Set([200, 412]))
    const { decision, earlierDecisions } = await item()
    expect(decision).toMatchObject(statuses[0] === 200 ? decisions.a : decisions.b)
    expect(earlierDecisions).toBeUndefined()
  }
})

test(`a decision and the end of the time for it: an accepted decision is applied (${schedules} schedules)`, async () => {
  const seen = new Map<string, number>()
  for (let seed = 1; seed <= schedules; seed++) {
    const { c, decide, apply, item, review } = await begin()
    const types: (string | undefined)[] = []
    between.committed = async (items) => void types.push(readCommit(items).event?.type)
    const responses = await atOnce(seed, {
      a: decide('owner', decisions.a),
      b: decide('ada', decisions.b),
      c: await apply(),
    })
    expect(types.slice(types.indexOf('review.applying')), `seed ${seed}`).toEqual(['review.applying'])
    expect(responses.c?.status, `seed ${seed}`).toBe(200)
    await runReviewWorker(table, c)
    expect((await review()).state, `seed ${seed}`).toBe('closed')
    const { decision, outcome, earlierDecisions } = await item()
    const statuses = [responses.a?.status, responses.b?.status]
    const accepted = statuses.filter((status) => status === 200).length
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true)
    expect([decision, ...((earlierDecisions as unknown[]) ?? [])].filter(Boolean)).toHaveLength(accepted)
    const expected =
      accepted > 0 ? { by: 'decision', decision: Object(decision).decision } : { by: 'default' }
    expect(outcome, `seed ${seed}`).toMatchObject(expected)
    seen.set(statuses.join(), (seen.get(statuses.join()) ?? 0) + 1)
  }
  between.committed = undefined
  // Otherwise there was no race.
  expect([...seen.keys()].length).toBeGreaterThan(2)
})
