import { beforeAll, describe, expect, it } from 'vitest'
import { isLong } from '../../../support/long.ts'
import { acme, mail, startAcme } from '../acme.ts'
import type { Body } from '../world.ts'

const { world, at, ids, tokens } = await startAcme()
const crowd = Array.from({ length: 30 }, (_, each) => String(each).padStart(2, '0'))
const main = `${at}/projects/main`
let p00 = ''

beforeAll(async () => {
  const customerId = acme
  await world.eventsAtOnce(
    crowd.flatMap((each) => [
      [
        'user.created',
        { customerId, email: mail(`u${each}`), name: each, type: 'customer-tech', main: true },
      ],
      ['project.created', { customerId, name: `p${each}` }],
      ['server.created', { customerId, serverId: `s${each}`, hostname: `s${each}` }],
    ]),
  )
  const grant = { customerId, roles: ['full'] }
  const assignment = { customerId, capabilities: [] }
  await world.eventsAtOnce(
    crowd.flatMap((each) => [
      ['membership.granted', { ...grant, project: 'p00', user: mail(`u${each}`) }],
      ['membership.granted', { ...grant, project: `p${each}`, user: mail('tech') }],
      ['server.assigned', { ...assignment, serverId: 's00', user: mail(`u${each}`) }],
      ['server.assigned', { ...assignment, serverId: `s${each}`, user: mail('tech') }],
    ]),
  )
  // What is gone leaves short pages, not holes.
  for (const each of crowd.slice(5, 15)) {
    await world.event('user.deleted', { customerId, user: mail(`u${each}`) })
    await world.event('membership.revoked', {
      customerId,
      project: `p${each}`,
      user: mail('tech'),
      roles: [],
    })
  }
  for (const each of crowd.slice(20, 25)) {
    await world.event('project.deleted', { customerId, name: `p${each}` })
    await world.event('server.deleted', { customerId, serverId: `s${each}` })
  }
  for (const name of ['owner', 'admin', 'tech', 'client']) await world.ask('/v1/me', tokens[name])
  p00 = `${at}/projects/${await world.projectId(acme, 'p00')}`
})

const left = crowd.length - 10

/** Of whom, where, how many there are, and what tells them apart. */
const lists: [string, () => string, number, (item: Record<string, unknown>) => unknown][] = [
  ['operator', () => '/v1/customers', 2, ({ id }) => id],
  ['owner', () => `${at}/users`, 6 + left, ({ id }) => id],
  ['owner', () => `${at}/users?type=customer-tech`, 2 + left, ({ id }) => id],
  ['owner', () => `${at}/projects`, 3 + 25, ({ id }) => id],
  ['tech', () => `${at}/projects`, 2 + 15, ({ id }) => id],
  ['operator', () => `${at}/projects`, 3 + 25, ({ id }) => id],
  ['admin', () => `${at}/servers`, 2 + 25, ({ id }) => id],
  ['tech', () => `${at}/servers`, 1 + 25, ({ id }) => id],
  ['tech', () => `${p00}/members`, 3 + left, ({ userId }) => userId],
  ['operator', () => `${main}/members`, 5 + left, ({ userId }) => userId],
  ['tech', () => `${at}/servers/s00/assignments`, 1 + left, ({ userId }) => userId],
  [
    'tech',
    () => `${at}/users/${ids.tech}/grants`,
    2 + 15 + 1 + 25,
    (grant) => grant.projectId ?? grant.serverId,
  ],
  ['owner', () => `${at}/users/${ids.owner}/grants`, 3 + 25, ({ projectId }) => projectId],
  ['owner', () => `${at}/events?resource=user/${ids.tech}`, 2, ({ id }) => id],
  ['owner', () => `${at}/events`, 5 + 1 + 2 + 2 + 5 + 90 + 120 + 20 + 10 + 4, ({ id }) => id],
]

async function walk(path: string, who: string, limit: number) {
  const seen: Record<string, unknown>[] = []
  const pages: Body[] = []
  let cursor: string | undefined
  do {
    const url = `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`
    const requests = await world.requestsOf(async () => {
      const { status, body } = await world.ask(url, tokens[who])
      expect(status).toBe(200)
      expect(body.items.length).toBeLessThanOrEqual(limit)
      seen.push(...body.items)
      pages.push(body)
      cursor = body.nextCursor
    })
    expect(requests.length).toBeLessThanOrEqual(10)
  } while (cursor)
  return { seen, pages }
}

describe('a list is the same in pages of any size, each of ten requests at most', () => {
  it.each(lists)('as the %s sees it: %s', async (who, path, count, identity) => {
    const whole = await walk(path(), who, 200)
    expect(whole.seen.map(identity)).toHaveLength(count)
    expect(new Set(whole.seen.map(identity)).size).toBe(count)
    for (const limit of isLong ? [1, 4, 7, 50] : [count > 10 ? 7 : 1]) {
      const { seen } = await walk(path(), who, limit)
      expect(seen.map(identity)).toEqual(whole.seen.map(identity))
    }
  })
})

describe('the last page has no cursor, also where it is full:', () => {
  it.each([
    [`${at}/servers`, 'operator', 27],
    [`${at}/projects`, 'operator', 28],
    ['/v1/customers', 'operator', 2],
    [`${at}/servers`, 'tech', 26],
  ])('%s for %s', async (path, who, count) => {
    const { pages } = await walk(path, who, count)
    expect(pages.map(({ items }) => items.length)).toEqual([count])
  })
})

describe('without a limit', () => {
  it('there are fifty', async () => {
    const { body } = await world.ask(`${at}/events`, tokens.owner)
    expect(body.items).toHaveLength(50)
    expect(body.nextCursor).toMatch(/^[A-Za-z0-9_-]+$/)
  })
})

const cursorOf = async (path: string) => (await world.ask(path, tokens.operator)).body.nextCursor ?? ''

describe('a cursor', () => {
  it('is none with another filter', async () => {
    const cursor = await cursorOf(`${at}/users?limit=2&type=customer-tech`)
    const other = `${at}/users?limit=2&type=customer-client&cursor=${cursor}`
    const answer = await world.ask(other, tokens.operator)
    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ code: 'invalid-request', errors: [{ pointer: 'cursor' }] })
  })

  it('is good for another size of page', async () => {
    const cursor = await cursorOf(`${at}/users?limit=2`)
    const answer = await world.ask(`${at}/users?limit=3&cursor=${cursor}`, tokens.operator)
    expect(answer.body.items).toHaveLength(3)
  })

  it('gives nobody a right', async () => {
    const cursor = await cursorOf(`${at}/users?limit=2`)
    expect((await world.ask(`${at}/users?limit=2&cursor=${cursor}`, tokens.tech)).status).toBe(403)
  })
})
