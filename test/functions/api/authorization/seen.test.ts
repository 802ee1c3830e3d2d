import { beforeEach, describe, expect, it } from 'vitest'
import { createSeenLog } from '../../../../shared/usage/usage-log.ts'
import { createUsage } from '../../../../functions/usage/worker.ts'
import { asUser, userItem } from '../../../../shared/records/users.ts'
import { createJsonLog } from '../../../../shared/runtime/log.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { recordSightings } from '../../../../shared/usage/last-seen-store.ts'
import type { SeenUser } from '../../../../shared/usage/last-seen.ts'
import { because, type Scene, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const lines: string[] = []
let report: (user: SeenUser) => void = () => undefined
const world = await startWorld({ seen: (user) => report(user) })
const logNow = createJsonLog((line) => void lines.push(line), world.now)
const uses = createUsage({ table: world.table, log: () => undefined })
const day = 86_400_000
const moveTime = (by: number) => world.setTime(new Date(world.now().getTime() + by))

/** What the worker of uses makes of the log so far; returns whom it tells of. */
async function record(): Promise<string[]> {
  const told = lines.splice(0)
  await uses.onLines(told)
  return told.map((line) => JSON.parse(line).userId)
}

let scene: Scene
beforeEach(async () => {
  scene = await seedScene(world)
  // From here on: linking the scene's logins was a use of tokens, too.
  report = createSeenLog(logNow, world.now)
  lines.length = 0
})
const shown = async (id: string) =>
  (await world.ask(`${scene.at}/users/${id}`, scene.token.operator)).body.lastSeenAt

describe('when a user was last seen', () => {
  it('is set by its own token: shown of the user, in lists, and by who am I', async () => {
    expect(await shown(scene.id.tech)).toBeUndefined()
    const at = world.now().toISOString()
    expect((await world.ask(`${scene.at}/projects`, scene.token.tech)).status).toBe(200)
    expect(await record()).toEqual([scene.id.tech])
    expect(await shown(scene.id.tech)).toBe(at)
    const { items } = (await world.ask(`${scene.at}/users`, scene.token.owner)).body
    const seen = items.filter(({ lastSeenAt }) => lastSeenAt !== undefined)
    expect(seen).toMatchObject([{ id: scene.id.tech, lastSeenAt: at }])
    expect((await world.ask('/v1/me', scene.token.tech)).body.items).toMatchObject([
      { user: { lastSeenAt: at } },
    ])
  })

  it.each([
    ['who am I', (): [string, string] => ['GET', '/v1/me']],
    ['what is refused', (): [string, string] => ['GET', `${scene.at}/users`]],
    ['what is not there', (): [string, string] => ['GET', `${scene.at}/projects/prj_none`]],
  ])('is told by %s', async (_what, request) => {
    const [method, path] = request()
    await world.send(method, path, scene.token.tech)
    expect(await record()).toEqual([scene.id.tech])
  })

  it('is set by a question about oneself, and by none that others ask', async () => {
    const ask = (token: string) =>
      world.post(`${scene.at}/access/v1/evaluation`, token, {
        subject: { type: 'user', id: scene.id.tech },
        action: { name: 'dns.read' },
        resource: { type: 'project', id: scene.id.web },
      })
    for (const token of [await world.check(), scene.token.operator]) {
      expect((await ask(token)).body.decision).toBe(true)
      expect(await record()).toEqual([])
    }
    expect((await ask(scene.token.tech)).body.decision).toBe(true)
    expect(await record()).toEqual([scene.id.tech])
  })

  it('is not set by operators, strangers or users of another customer', async () => {
    await world.ask(scene.at, scene.token.operator)
    await world.ask(scene.at, await world.person('stranger@scene.example'))
    await world.ask(scene.at.replace(/\d$/, '9'), scene.token.owner)
    await world.ask('/v1/me', await world.check())
    expect(await record()).toEqual([])
  })

  it('is shown of those only who were asked for', async () => {
    await world.ask(`${scene.at}/users/${scene.id.tech}`, scene.token.owner)
    expect(await record()).toEqual([scene.id.owner])
    expect(await shown(scene.id.tech)).toBeUndefined()
  })

  it('is recorded once a day', async () => {
    world.setTime(new Date('2026-12-01T10:00:00Z'))
    const token = await world.person(scene.mail('tech'))
    scene.token.operator = await world.operator()
    const seen = async () => {
      await world.ask('/v1/me', token)
      return record()
    }
    expect(await seen()).toEqual([scene.id.tech])
    expect(await seen()).toEqual([])
    // Another process, which hasn't seen the user itself, is told by what is stored.
    report = createSeenLog(logNow, world.now)
    moveTime(60_000)
    expect(await seen()).toEqual([])
    expect(await shown(scene.id.tech)).toBe('2026-12-01T10:00:00.000Z')
    world.setTime(new Date('2026-12-02T00:00:00Z'))
    await world.ask('/v1/me', await world.person(scene.mail('tech')))
    expect(await record()).toEqual([scene.id.tech])
    scene.token.operator = await world.operator()
    expect(await shown(scene.id.tech)).toBe('2026-12-02T00:00:00.000Z')
  })

  it('changes nothing: no event, no ETag, no version, and no answer of 304 that would hide it', async () => {
    const path = `${scene.at}/users/${scene.id.tech}`
    const before = await world.ask(path, scene.token.owner)
    const etag = before.headers.get('etag') ?? ''
    const stored = await world.table.get(keys.user(scene.customerId, scene.id.tech))
    const events = await scene.events()
    await world.ask('/v1/me', scene.token.tech)
    await record()
    const after = await world.ask(path, scene.token.owner, { headers: { 'if-none-match': etag } })
    expect([after.status, after.headers.get('etag')]).toEqual([200, etag])
    const { lastSeenAt, ...rest } = after.body
    expect([rest, typeof lastSeenAt]).toEqual([before.body, 'string'])
    expect(await world.table.get(keys.user(scene.customerId, scene.id.tech))).toMatchObject({ ...stored })
    expect(await scene.events()).toEqual(events)
    const renamed = await world.send('PATCH', path, scene.token.owner, { name: 'Tim' }, { 'if-match': etag })
    expect([renamed.status, renamed.body.lastSeenAt]).toEqual([200, lastSeenAt])
    const { body } = await world.send('PATCH', `${path}?dryRun=true`, scene.token.owner, { name: 'Tom' })
    expect(JSON.stringify(body)).not.toContain('lastSeenAt')
    expect((await world.ask(`${scene.at}/export`, scene.token.operator)).text).not.toContain('lastSeenAt')
  })

  it('is the same answer, at no request more, where reporting it fails', async () => {
    const ask = () => world.ask('/v1/me', scene.token.tech)
    const expected = await ask()
    const requests = await world.requestsOf(ask)
    report = () => {
      throw new TypeError('broken')
    }
    world.lines.length = 0
    expect((await world.requestsOf(ask)).length).toBe(requests.length)
    expect((await ask()).text).toBe(expected.text)
    expect(world.lines[0]).toMatchObject({ message: 'a sighting could not be reported' })
  })
})

const onDay = (days: number) => `2026-12-${String(10 + days)}T08:00:00.000000000Z`
const sighting = (userId: string, days: number) => ({ customerId: scene.customerId, userId, at: onDay(days) })
const stored = async (id = scene.id.tech) =>
  asUser(await world.table.get(keys.user(scene.customerId, id)))?.lastSeenAt

describe('a sighting', () => {
  it('takes one write a day, also twice, late, out of order and at once', async () => {
    const tech = scene.id.tech
    expect(await recordSightings(world.table, [sighting(tech, 0), sighting(tech, 1)])).toBe(1)
    expect(await stored()).toBe(onDay(1))
    const again = [0, 1, 1].map((days) => recordSightings(world.table, [sighting(tech, days)]))
    expect(await Promise.all(again)).toEqual([0, 0, 0])
    expect(await stored()).toBe(onDay(1))
  })

  it('of nobody leaves nothing behind', async () => {
    expect(await recordSightings(world.table, [sighting('usr_none', 0)])).toBe(0)
    expect(await world.table.get(keys.user(scene.customerId, 'usr_none'))).toBeUndefined()
  })

  it('makes no Change stale that was read before', async () => {
    const user = asUser(await world.table.get(keys.user(scene.customerId, scene.id.tech)))
    if (!user) throw new Error('the user is there')
    await recordSightings(world.table, [sighting(user.id, 0)])
    await world.table.transact([{ put: userItem({ ...user, name: 'Tim' }), expectedVersion: user.version }])
    expect(await recordSightings(world.table, [sighting(user.id, 0)])).toBe(1)
    expect(await stored()).toBe(onDay(0))
  })

  it('is kept by every change of its user', async () => {
    await recordSightings(world.table, [sighting(scene.id.admin, 0)])
    const user = `${scene.at}/users/${scene.id.admin}`
    const etag = await scene.etag(`/users/${scene.id.admin}`)
    const type = { type: 'customer-billing' }
    await world.send('PUT', `${user}/type`, scene.token.owner, type, { 'if-match': etag })
    await world.send('PATCH', user, scene.token.owner, { status: 'disabled', email: scene.mail('moved') })
    await world.send('DELETE', `${user}/login`, scene.token.operator, undefined, because)
    expect(await stored(scene.id.admin)).toBe(onDay(0))
  })

  it('of days long ago is none of today', async () => {
    await recordSightings(world.table, [sighting(scene.id.tech, 0)])
    world.setTime(new Date(Date.parse('2026-12-10T08:00:00Z') + 40 * day))
    await world.ask('/v1/me', await world.person(scene.mail('tech')))
    expect(await record()).toEqual([scene.id.tech])
  })
})
