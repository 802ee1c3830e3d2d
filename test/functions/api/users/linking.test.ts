import { beforeEach, describe, expect, it } from 'vitest'
import { findEvents } from '../../../../shared/directory/audit/find-events.ts'
import { loginHash } from '../../../../shared/directory/logins/find-login.ts'
import { asUser } from '../../../../shared/records/users.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { startWorld, type World } from '../world.ts'

const world: World = await startWorld()
const day = 86_400_000
let customerId = ''
let count = 0
beforeEach(async () => {
  count++
  customerId = `LNK${String(count).padStart(6, '0')}`
  const mainCustomer = { name: 'Olga', email: address('owner') }
  await world.event('customer.created', { customerId, organisation: 'L', mainCustomer })
  await created('customer-admin')
})
const created = (type: string) =>
  world.event('user.created', { customerId, email: address('ann'), name: 'Ann', type })
const hash = (issuer: string, subject: string) => loginHash({ issuer, subject })
const address = (name: string) => `${name}.${count}@link.example`
const me = async (token: string) => (await world.ask('/v1/me', token)).body.items
const readCustomer = async (token: string) => (await world.ask(`/v1/customers/${customerId}`, token)).status
const eventsOf = async () =>
  (await findEvents(world.table, customerId, { type: 'login.linked' }, { limit: 9 })).items

describe('the first token with the verified e-mail address', () => {
  it.each(['/v1/me', 'the customer'])('links the login, asked for %s', async (path) => {
    const token = await world.person(address('ann'), { sub: `s-${count}` })
    const userId = await world.userId(customerId, address('ann'))
    const answer = await world.ask(path === '/v1/me' ? path : `/v1/customers/${customerId}`, token)
    expect(answer.status).toBe(200)
    const linked = hash(world.issuer.url, `s-${count}`)
    expect(asUser(await world.table.get(keys.user(customerId, userId)))?.login?.hash).toBe(linked)
    expect(await eventsOf()).toMatchObject([
      {
        actor: { kind: 'user', id: userId },
        requestId: answer.headers.get('x-request-id'),
        changes: [
          { resource: { type: 'login', id: linked }, after: { userId } },
          { resource: { type: 'user', id: userId }, after: { login: linked } },
        ],
      },
    ])
  })

  it('links once, however often and at once it is used', async () => {
    const token = await world.person(address('ann'))
    const answers = await Promise.all(Array.from({ length: 12 }, () => readCustomer(token)))
    expect(new Set(answers)).toEqual(new Set([200]))
    expect(await eventsOf()).toHaveLength(1)
  })

  it('links one of two logins that come at once, and the other is nobody', async () => {
    const claims = ['a', 'b'].map((sub) => ({ sub: `${sub}-${count}` }))
    const tokens = await Promise.all(claims.map((each) => world.person(address('ann'), each)))
    const answers = await Promise.all(tokens.map(readCustomer))
    expect(answers.sort((a, b) => a - b)).toEqual([200, 404])
    expect(await eventsOf()).toHaveLength(1)
  })

  it('is read as the address is compared', async () => {
    const token = await world.person(address('ANN').toUpperCase())
    expect(await readCustomer(token)).toBe(200)
  })
})

describe('no login is linked', () => {
  it.each([
    ['by an address that is not verified', { email_verified: false }],
    ['by an address said to be verified in a text', { email_verified: 'true' }],
    ['without an address', { email: undefined }],
  ])('%s', async (_why, claims) => {
    const token = await world.person(address('ann'), claims)
    expect(await readCustomer(token)).toBe(404)
    expect(await me(token)).toEqual([])
    expect(await eventsOf()).toEqual([])
  })

  it('to a user who has one', async () => {
    expect(await readCustomer(await world.person(address('ann'), { sub: `first-${count}` }))).toBe(200)
    const second = await world.person(address('ann'), { sub: `second-${count}` })
    expect(await readCustomer(second)).toBe(404)
    expect(await me(second)).toEqual([])
  })

  it('to a user who was deleted, though the address comes again', async () => {
    const token = await world.person(address('ann'))
    await world.event('user.deleted', { customerId, user: address('ann') })
    expect(await readCustomer(token)).toBe(404)
    await created('customer-billing')
    expect(await me(token)).toMatchObject([{ user: { type: 'customer-billing' } }])
  })

  it.each([
    [30 * day, 200],
    [30 * day + 1, 404],
  ])('%i ms after the invitation: %i', async (later, status) => {
    world.setTime(new Date(world.now().getTime() + later))
    const token = await world.person(address('ann'))
    expect(await me(token)).toHaveLength(status === 200 ? 1 : 0)
    expect(await readCustomer(token)).toBe(status)
  })
})

describe('a linked login', () => {
  it('stays who it is under another address, and takes no other user by it', async () => {
    const sub = `moving-${count}`
    expect(await readCustomer(await world.person(address('ann'), { sub }))).toBe(200)
    const moved = await world.person(address('owner'), { sub })
    expect(await me(moved)).toMatchObject([{ user: { email: address('ann') } }])
    expect(await eventsOf()).toHaveLength(1)
  })

  it('is gone with its user, and may be invited anew', async () => {
    const token = await world.person(address('ann'))
    expect(await readCustomer(token)).toBe(200)
    await world.event('user.deleted', { customerId, user: address('ann') })
    expect(await readCustomer(token)).toBe(404)
    await created('customer-admin')
    expect(await readCustomer(token)).toBe(200)
  })

  it('of one issuer and subject is not that of another pair with the same text', () => {
    expect(hash('ab', 'c')).not.toBe(hash('a', 'bc'))
    expect(hash('1:a', 'b')).not.toBe(hash('1:', 'ab'))
  })
})

describe('one person at several customers', () => {
  it('is a user at each, listed a few at a time', async () => {
    const email = `many.${count}@link.example`
    const place = (each: number) => `MNY${String(count * 100 + each).padStart(6, '0')}`
    const customers = [0, 1, 2, 3, 4, 5, 6].map(place)
    for (const each of customers) {
      const mainCustomer = { name: 'Max', email }
      await world.event('customer.created', { customerId: each, organisation: each, mainCustomer })
      await world.event('project.created', { customerId: each, name: 'p' })
    }
    const token = await world.person(email)
    for (const round of ['linked now', 'linked before']) {
      const seen: unknown[] = []
      let cursor: string | undefined
      do {
        const query: string = cursor === undefined ? '' : `?cursor=${cursor}`
        const requests = await world.requestsOf(async () => {
          const { body } = await world.ask(`/v1/me${query}`, token)
          expect(body.items.length).toBeGreaterThan(0)
          seen.push(...body.items.map((item) => (item.customer as { id: string }).id))
          cursor = body.nextCursor
        })
        expect(requests.length).toBeLessThanOrEqual(10)
      } while (cursor)
      expect([round, ...seen]).toEqual([round, ...customers])
    }
  })
})

describe('who am I', () => {
  it('tells customer, user, grants and what may be done', async () => {
    const [item] = await me(await world.person(address('ann')))
    expect(item).toMatchObject({
      customer: { id: customerId, organisation: 'L', status: 'active' },
      user: { email: address('ann'), type: 'customer-admin', mainMember: true, loginLinked: true },
      grants: [{ projectId: 'main', source: 'type' }],
    })
    expect(item?.permissions).toContain('user.manage')
    expect(item).not.toHaveProperty('nextGrantsCursor')
  })

  it('tells where more grants are', async () => {
    for (let each = 0; each < 120; each++)
      await world.event('project.created', { customerId, name: `p${each}` })
    const token = await world.person(address('owner'))
    const [item] = await me(token)
    const grants = item?.grants as { projectName: string }[]
    expect(grants).toHaveLength(100)
    const userId = await world.userId(customerId, address('owner'))
    const path = `/v1/customers/${customerId}/users/${userId}/grants?cursor=${String(item?.nextGrantsCursor)}`
    const rest = (await world.ask(path, token)).body.items
    expect(new Set([...grants, ...rest].map(({ projectName }) => projectName)).size).toBe(121)
  })
})
