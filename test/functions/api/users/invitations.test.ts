import { beforeEach, describe, expect, it } from 'vitest'
import { findEvents } from '../../../../shared/directory/audit/find-events.ts'
import { findInvitation } from '../../../../shared/mail/invitation-store.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { hour } from '../../provisioning/clock.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ mail: true })
const quiet = await startWorld()
const day = 24 * hour
let customerId = ''
let count = 0
const address = (name: string) => `${name}.${count}@invited.example`
beforeEach(async () => {
  world.setMail(true)
  world.messages.splice(0)
  customerId = `INV${String(++count).padStart(6, '0')}`
  const mainCustomer = { name: 'Olga', email: address('olga') }
  await world.event('customer.created', { customerId, organisation: 'Inviting Ltd', mainCustomer })
  const ann = { email: address('ann'), name: 'Ann', type: 'customer-admin' }
  await world.event('user.created', { customerId, ...ann })
})

const users = () => `/v1/customers/${customerId}/users`
const olga = () => world.person(address('olga'))
const sent = async () => {
  await world.settle()
  return world.messages.map(({ to }) => to)
}
const move = async (time: number) => {
  world.setTime(new Date(world.now().getTime() + time))
  await world.notifications.sweep()
}
async function create(name: string) {
  const body = { email: address(name), name, type: 'customer-tech' }
  return String((await world.send('POST', users(), await olga(), body)).body.id)
}
const invite = async (id: string, headers?: Record<string, string>, token?: string, query = '') =>
  world.send('POST', `${users()}/${id}/invite${query}`, token ?? (await olga()), undefined, headers)
const isLinked = async (name: string) =>
  (await world.ask('/v1/me', await world.person(address(name)))).body.items.length > 0
const idOf = (name: string) => world.userId(customerId, address(name))
const eventsOf = async () =>
  (await findEvents(world.table, customerId, { type: 'user.invited' }, { limit: 9 })).items

describe('a message invites', () => {
  it('who is created by somebody, once, and says until when', async () => {
    await create('tom')
    expect(await sent()).toEqual([address('tom')])
    expect(world.messages[0]?.subject).toBe(`You are invited to ${customerId}`)
    expect(world.messages[0]?.text).toMatch(
      /\n> Inviting Ltd\n> tom\n\nTo accept, sign in with this e-mail address until \w+, \d+ \w+ 2026, 12:00 UTC\./,
    )
    await move(2 * hour)
    expect(await sent()).toHaveLength(1)
  })

  it('the main-customer of a customer that an operator creates', async () => {
    const id = `OPE${String(count).padStart(6, '0')}`
    const mainCustomer = { name: 'Max', email: address('max') }
    const body = { id, organisation: 'O', mainCustomer }
    await world.post('/v1/customers', await world.operator(), body, { 'x-reason': 'ordered' })
    expect(await sent()).toEqual([address('max')])
  })

  it('to another address, when that was set; the one before that waits no longer', async () => {
    const id = await create('tom')
    await world.send('PATCH', `${users()}/${id}`, await olga(), { email: address('tim') })
    await move(2 * hour)
    expect(await sent()).toEqual([address('tom'), address('tim')])
  })

  it('nobody whom the order system creates', async () => {
    await world.event('user.created', { customerId, email: address('eva'), name: 'E', type: 'customer-tech' })
    await move(2 * hour)
    expect(await sent()).toEqual([])
  })

  it('nobody at another address than before who has signed in', async () => {
    expect(await isLinked('ann')).toBe(true)
    await world.send('PATCH', `${users()}/${await idOf('ann')}`, await olga(), { email: address('new') })
    await move(2 * hour)
    expect(await sent()).toEqual([])
  })

  it('nobody where no messages are sent', async () => {
    const mainCustomer = { name: 'Max', email: 'max@quiet.example' }
    const body = { id: 'QUI000001', organisation: 'O', mainCustomer }
    await quiet.post('/v1/customers', await quiet.operator(), body, { 'x-reason': 'ordered' })
    const id = await quiet.userId('QUI000001', 'max@quiet.example')
    const path = `/v1/customers/QUI000001/users/${id}/invite`
    const again = await quiet.post(path, await quiet.operator(), {}, { 'x-reason': 'asked for' })
    expect(again.status).toBe(200)
    expect(await quiet.notifications.sweep()).toBe(0)
  })

  it('nobody who needs none when its turn comes', async () => {
    const names = ['in', 'gone', 'off', 'late']
    const ids = new Map<string, string>()
    // Nobody is told before all of this is done.
    world.setMail(false)
    for (const name of names) ids.set(name, await create(name))
    await isLinked('in')
    await world.event('user.deleted', { customerId, user: address('gone') })
    await world.event('user.disabled', { customerId, user: address('off') })
    await move(2 * hour)
    expect(await sent()).toEqual([address('late')])
    const problems = await Promise.all(
      names.map(async (name) => {
        const ref = { customerId, userId: ids.get(name) ?? '', number: 1 }
        return (await findInvitation(world.table, ref))?.problem
      }),
    )
    const told = ['a login is linked already', 'the user is gone', 'the user is disabled']
    expect(problems).toEqual([...told, undefined])
  })

  it('200 people a day of a customer, and the others on the next one', async () => {
    const today = world.now().toISOString().slice(0, 10)
    const { pk, sk } = keys.invited(customerId)
    await world.table.transact([{ put: { pk, sk, day: today, count: 199 }, expectedVersion: 'absent' }])
    for (const name of ['tom', 'tim']) await create(name)
    expect(await sent()).toHaveLength(1)
    await move(day)
    expect(await sent()).toHaveLength(2)
  })
})

describe('who was not invited by message, or has not come,', () => {
  it('is invited again, and for 30 days more the login may be linked', async () => {
    const id = await idOf('ann')
    world.setTime(new Date(world.now().getTime() + 29 * day))
    const answer = await invite(id)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ id, email: address('ann'), loginLinked: false })
    const { headers } = await world.ask(`${users()}/${id}`, await olga())
    expect(answer.headers.get('etag')).toBe(headers.get('etag'))
    expect(await sent()).toEqual([address('ann')])
    world.setTime(new Date(world.now().getTime() + 29 * day))
    expect(await isLinked('ann')).toBe(true)
    expect(await eventsOf()).toMatchObject([
      {
        type: 'user.invited',
        actor: { kind: 'user', id: await idOf('olga') },
        changes: [{ resource: { type: 'user', id }, after: { email: address('ann'), invitedAgain: 1 } }],
      },
    ])
  })

  it('three times, and then only at another address', async () => {
    const id = await create('tom')
    await sent()
    const answers = []
    for (let time = 0; time < 5; time++) {
      const { status, body } = await invite(id)
      answers.push(status === 200 ? 200 : `${status} ${String(body.code)}`)
      await move(2 * hour)
    }
    expect(answers).toEqual([200, 200, 200, '409 quota', '409 quota'])
    expect(await sent()).toEqual(Array.from({ length: 4 }, () => address('tom')))
    expect(await eventsOf()).toHaveLength(3)
    await world.send('PATCH', `${users()}/${id}`, await olga(), { email: address('tim') })
    await sent()
    expect((await invite(id)).status).toBe(200)
    await move(2 * hour)
    expect((await sent()).slice(4)).toEqual([address('tim'), address('tim')])
  })

  it('at once by several who press it: three get through', async () => {
    const id = await create('tom')
    const answers = await Promise.all(Array.from({ length: 6 }, () => invite(id)))
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b)
    expect(statuses).toEqual([200, 200, 200, 409, 409, 409])
    for (let passed = 0; passed < 5; passed++) await move(hour)
    expect((await sent()).length).toBeLessThanOrEqual(2)
  })
})

describe('inviting again', () => {
  it.each([
    ['a login is linked', async () => void (await isLinked('ann'))],
    ['the user is disabled', () => world.event('user.disabled', { customerId, user: address('ann') })],
  ])('is a conflict where %s', async (_why, prepare) => {
    await prepare()
    const answer = await invite(await idOf('ann'))
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
    expect(await eventsOf()).toEqual([])
  })

  it('an operator invites a main-customer who has not come, with a reason', async () => {
    const owner = await idOf('olga')
    const operator = await world.operator()
    expect((await invite(owner, {}, operator)).status).toBe(400)
    expect((await invite(owner, { 'x-reason': 'asked by phone' }, operator)).status).toBe(200)
    expect(await sent()).toEqual([address('olga')])
    expect(await eventsOf()).toMatchObject([{ reason: 'asked by phone', actor: { kind: 'operator' } }])
  })

  it('does not let a login back that was unlinked', async () => {
    const id = await idOf('ann')
    expect(await isLinked('ann')).toBe(true)
    await world.send('DELETE', `${users()}/${id}/login`, await olga())
    expect((await invite(id)).status).toBe(200)
    expect(await isLinked('ann')).toBe(false)
  })
})

describe('somebody who has signed in and got another address', () => {
  it('gets messages there once the login has shown that it is theirs', async () => {
    const sub = `ann-${count}`
    await world.ask('/v1/me', await world.person(address('ann'), { sub }))
    const id = await idOf('ann')
    await world.send('PATCH', `${users()}/${id}`, await olga(), { email: address('new') })
    const login = async () => (await world.table.get({ pk: `C#${customerId}#U#${id}`, sk: 'USER' }))?.login
    expect(await login()).toMatchObject({ email: address('ann') })
    const path = `/v1/customers/${customerId}`
    await world.ask(path, await world.person(address('ann'), { sub }))
    await world.ask(path, await world.person(address('new'), { sub, email_verified: false }))
    expect(await login()).toMatchObject({ email: address('ann') })
    const before = await world.ask(`${users()}/${id}`, await olga())
    expect((await world.ask(path, await world.person(address('new'), { sub }))).status).toBe(200)
    expect(await login()).toMatchObject({ email: address('new') })
    const after = await world.ask(`${users()}/${id}`, await olga())
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
  })
})
