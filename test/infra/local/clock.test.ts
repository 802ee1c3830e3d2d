import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClockApp } from '../../../infra/local/clock-app.ts'
import { clockPath, createClock, readClockSecret } from '../../../infra/local/clock.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const day = 86_400_000
const start = new Date('2026-11-27T10:00:00Z').getTime()

/** A clock in a folder of its own, by a wall clock that the test sets. */
function freshClock(name: string) {
  const folder = join(home, name)
  mkdirSync(folder)
  const wall = { now: start }
  const open = () => createClock(folder, () => new Date(wall.now))
  return { folder, wall, open, clock: open(), file: join(folder, 'clock.json') }
}

const ahead = ({ now }: { now: () => Date }, wall: { now: number }) => (now().getTime() - wall.now) / day

function served(name: string) {
  const { clock, wall, folder } = freshClock(name)
  const app = createClockApp(clock, { wallClock: () => new Date(wall.now), log: () => {} })
  const post = (body: string | undefined, headers: Record<string, string> = {}, method = 'POST') =>
    app.request(clockPath, {
      method,
      headers: { authorization: `Bearer ${clock.secret}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    })
  return { app, post, clock, wall, folder }
}

test('it follows the wall clock, ahead by its moves', () => {
  const { clock, wall } = freshClock('moved')
  expect(clock.now()).toEqual(new Date(start))
  clock.moveForward(30)
  clock.moveForward(70)
  wall.now += 5000
  expect(clock.now()).toEqual(new Date(start + 5000 + 100 * day))
})

test('a restart keeps the time and the secret', () => {
  const { clock, open, wall, folder } = freshClock('restarted')
  clock.moveForward(100)
  expect(ahead(open(), wall)).toBe(100)
  expect([open().secret, readClockSecret(folder)]).toEqual([clock.secret, clock.secret])
})

test('only the owner can read its file, before and after it is moved', () => {
  const { clock, file } = freshClock('private')
  const modeOf = () => (statSync(file).mode & 0o777).toString(8)
  expect(modeOf()).toBe('600')
  clock.moveForward(1)
  expect(modeOf()).toBe('600')
})

test('the clock ends after a hundred years, and a refused move has no effect', () => {
  const { clock, open, wall } = freshClock('end')
  for (let move = 0; move < 10; move++) clock.moveForward(3650)
  expect(() => clock.moveForward(1)).toThrow('a hundred years in all')
  expect([ahead(clock, wall), ahead(open(), wall)]).toEqual([36_500, 36_500])
})

test('a request with the secret moves it, and is answered with the time', async () => {
  const { post } = served('posted')
  const answer = await post('{"days":100}')
  expect([answer.status, await answer.json()]).toEqual([200, { now: '2027-03-07T10:00:00.000Z' }])
})

const good = '{"days":1}'

test.each<[string, number, string | undefined, Record<string, string>?, string?]>([
  ['no secret', 401, good, { authorization: '' }],
  ['a wrong secret', 401, good, { authorization: 'Bearer 0123456789abcdef0123456789abcdef' }],
  ['a wrong secret and a bad body', 401, '{', { authorization: 'Bearer x' }],
  ['GET', 405, undefined, {}, 'GET'],
  ['PUT', 405, good, {}, 'PUT'],
  ['DELETE', 405, undefined, {}, 'DELETE'],
  ['a form', 415, 'days=1', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['no body', 400, ''],
  ['what is not JSON', 400, '{'],
  ['a list', 400, '[1]'],
  ['no days', 400, '{}'],
  ['text', 400, '{"days":"1"}'],
  ['none', 400, '{"days":0}'],
  ['back', 400, '{"days":-1}'],
  ['a part of a day', 400, '{"days":1.5}'],
  ['too many', 400, '{"days":3651}'],
  ['something else', 400, '{"days":1,"hours":1}'],
  ['days twice', 400, '{"days":1,"days":2}'],
  ['too long a body', 413, `{"days":1${' '.repeat(1024)}}`],
])('%s is refused with %d, and nothing moves', async (name, status, body, headers = {}, method = 'POST') => {
  const { post, clock, wall, folder } = served(`refused ${name}`)
  const answer = await post(body, headers, method)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
  expect(await answer.json()).toMatchObject({ status, requestId: expect.stringMatching(/./) })
  expect(ahead(clock, wall)).toBe(0)
  expect(JSON.parse(readFileSync(join(folder, 'clock.json'), 'utf8'))).toMatchObject({ ahead: 0 })
})

test('a move past a hundred years is a conflict', async () => {
  const { post, clock } = served('past')
  for (let move = 0; move < 10; move++) clock.moveForward(3650)
  const answer = await post(good)
  expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({ code: 'quota' })])
})

test("another folder's secret is wrong here", async () => {
  const { post } = served('one')
  const { clock } = freshClock('other')
  expect((await post(good, { authorization: `Bearer ${clock.secret}` })).status).toBe(401)
})
