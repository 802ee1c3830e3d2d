import { beforeAll, describe, expect, it } from 'vitest'
import { findMailbox } from '../../../../shared/mail/mailbox-store.ts'
import { mailboxHash } from '../../../../shared/mail/set-opt-out.ts'
import { hour } from '../../provisioning/clock.ts'
import { optOut, publicUrl, startWorld } from '../world.ts'

const world = await startWorld({ mail: true })
const customerId = 'OPT000001'
const owner = 'olga@opted.example'
const users = `/v1/customers/${customerId}/users`
beforeAll(async () => {
  const mainCustomer = { name: 'Olga', email: owner }
  await world.event('customer.created', { customerId, organisation: 'Opted', mainCustomer })
})

let count = 0
const move = async () => {
  world.setTime(new Date(world.now().getTime() + 2 * hour))
  await world.settle()
  await world.notifications.sweep()
}
async function create(email: string) {
  const body = { email, name: 'Tom', type: 'customer-tech' }
  const { body: user } = await world.post(users, await world.person(owner), body)
  await move()
  return String(user.id)
}
const invite = async (id: string) => {
  expect((await world.send('POST', `${users}/${id}/invite`, await world.person(owner))).status).toBe(200)
  await move()
}
const sentTo = (email: string) => world.messages.filter(({ to }) => to === email)
/** Where the link of the last message leads. */
const linkOf = (email: string) => sentTo(email).at(-1)?.unsubscribe.replace(publicUrl, '') ?? ''
const isOut = async (email: string) =>
  (await findMailbox(world.table, mailboxHash(email))).optedOut !== undefined
const fresh = () => `tom${++count}@opted.example`

const put = async (email: string, body: unknown, headers?: Record<string, string>) =>
  world.send('PUT', '/v1/me/mail', await world.person(email), body, headers)

describe('the link of a message', () => {
  it('stands in its text and leads to a page that does nothing by itself', async () => {
    const email = fresh()
    await create(email)
    expect(sentTo(email)[0]?.text).toContain(`\n${publicUrl}${linkOf(email)}\n`)
    for (const method of ['GET', 'HEAD']) {
      const page = await world.app.request(linkOf(email), { method })
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
    const { text } = await world.ask(linkOf(email))
    expect(text).toContain('<form method="post">')
    expect(text).not.toContain(email)
    expect(await isOut(email)).toBe(false)
  })

  it.each([
    ['as RFC 8058 has it', 'application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    ['as a form', 'multipart/form-data; boundary=x', '--x\r\n\r\n--x--\r\n'],
    ['by the button of the page', 'application/x-www-form-urlencoded', ''],
  ])('ends all messages with a POST %s, again and again', async (_how, type, body) => {
    const email = fresh()
    const id = await create(email)
    for (let time = 0; time < 2; time++) {
      const init = { method: 'POST', headers: { 'content-type': type }, body }
      const answer = await world.ask(linkOf(email), undefined, init)
      expect([answer.status, answer.text.includes('no more messages')]).toEqual([200, true])
    }
    await invite(id)
    expect(sentTo(email)).toHaveLength(1)
    expect(await isOut(email)).toBe(true)
  })

  it('speaks for its mailbox only, however that is spelled', async () => {
    const [one, other] = [fresh(), fresh()]
    const id = await create(one)
    const otherId = await create(other)
    await world.ask(linkOf(one), undefined, { method: 'POST' })
    const respelled = one.replace('@', '+x@')
    await world.send('PATCH', `${users}/${id}`, await world.person(owner), { email: respelled })
    await move()
    await invite(otherId)
    expect([sentTo(respelled).length, sentTo(other).length]).toEqual([0, 2])
  })

  it.each([
    'x',
    'x'.repeat(5000),
    `${mailboxHash(owner)}.${'a'.repeat(43)}`,
    optOut.sign(mailboxHash(owner)).slice(0, -1),
    `${optOut.sign(mailboxHash(owner))}=`,
    optOut.sign(mailboxHash(owner)).toUpperCase(),
    mailboxHash(owner),
    '%00',
  ])('is not found if it is not ours: %.50s', async (token) => {
    for (const method of ['GET', 'POST']) {
      const answer = await world.ask(`/v1/mail/${token}`, undefined, { method })
      expect([answer.status, answer.body.code]).toEqual([404, 'not-found'])
    }
    expect(await isOut(owner)).toBe(false)
  })
})

describe('/v1/me/mail', () => {
  it('says and sets whether somebody gets messages, also who is nobody anywhere', async () => {
    const email = fresh()
    const before = await world.ask('/v1/me/mail', await world.person(email))
    expect(before.body).toEqual({ email, optedOut: false })
    const answer = await put(email, { optedOut: true })
    expect([answer.status, answer.body]).toEqual([200, { email, optedOut: true }])
    const read = await world.ask('/v1/me/mail', await world.person(email))
    expect([read.body, read.headers.get('etag')]).toEqual([answer.body, answer.headers.get('etag')])
    const id = await create(email)
    expect(sentTo(email)).toEqual([])
    expect((await put(email, { optedOut: false })).body).toEqual({ email, optedOut: false })
    await invite(id)
    expect(sentTo(email)).toHaveLength(1)
  })
})
