import { expect, test } from 'vitest'
import { hour, minute } from '../../provisioning/clock.ts'
import { startWorld } from '../world.ts'

const world = await startWorld({ mail: true, reviews: true })
const day = 24 * hour
const pass = async (time: number) => {
  world.setTime(new Date(world.now().getTime() + time))
  await world.reviews.sweep()
  await world.settle()
  await world.notifications.sweep()
}
const sentTo = (...addresses: string[]) => world.messages.filter(({ to }) => addresses.includes(to))

/** A customer of somebody who means no good, who asks for something there. */
async function evil(customerId: string, organisation: string) {
  const email = `${customerId.toLowerCase()}@evil.example`
  await world.event('customer.created', { customerId, organisation, mainCustomer: { name: 'Eve', email } })
  return async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const token = await world.person(email)
    const answer = await world.send(method, `/v1/customers/${customerId}${path}`, token, body, headers)
    return { status: answer.status, body: answer.body, etag: answer.headers.get('etag') ?? '' }
  }
}

/** What a mail program, or a telephone, makes a link of. */
const separators = [/:\/\//, /[\w-][.。．｡][\w-]/, /@/, /\w:\w/]
const linked = [...separators, /\d[\d ()/.-]{4,}\d/, /\p{Default_Ignorable_Code_Point}/u]
const quotes = (text: string) => text.split('\n').filter((line) => line.startsWith('> '))

test('an admin who writes to a stranger through us gets one invitation there, and three by asking for them', async () => {
  const victim = 'victim@stranger.example'
  const organisation = 'Prize! https://evil.example/win or www.evil.example, call +49 900 1234567'
  const ask = await evil('EVL000001', organisation)
  const name = 'evil.example @ claim\u00a0(mailto:x@evil.example)'
  const person = { email: victim, name, type: 'customer-admin' }
  // Somebody whose rights the stranger is asked about.
  await ask('POST', '/users', { email: 'sock@evil.example', name: 'Sock', type: 'customer-admin' })
  let { body: user } = await ask('POST', '/users', person)
  const at = () => `/users/${String(user.id)}`
  expect((await ask('PUT', '/review-policy', { reviewers: [user.id] })).status).toBe(200)
  for (let round = 0; round < 6; round++) {
    const { status, body } = await ask('POST', '/reviews', {})
    expect(status).toBe(201)
    await pass(minute)
    expect((await ask('POST', `/reviews/${String(body.id)}/cancel`)).status).toBe(200)
    await pass(10 * minute)
  }
  expect(sentTo(victim).map(({ subject }) => subject)).toEqual(['You are invited to EVL000001'])
  // The same address as somebody new, and set again.
  for (let round = 0; round < 3; round++) {
    expect((await ask('PATCH', at(), { email: 'other@evil.example' })).status).toBe(200)
    expect((await ask('PATCH', at(), { email: victim })).status).toBe(200)
    await pass(2 * hour)
    const { etag } = await ask('GET', at())
    expect((await ask('DELETE', at(), undefined, { 'if-match': etag })).status).toBe(204)
    user = (await ask('POST', '/users', person)).body
    await pass(2 * hour)
  }
  expect(sentTo(victim)).toHaveLength(1)
  for (let round = 0; round < 8; round++) {
    expect((await ask('POST', `${at()}/invite`)).status).toBe(round % 4 === 3 ? 409 : 200)
    await pass(2 * hour)
    if (round % 4 !== 3) continue
    await ask('PATCH', at(), { email: 'other@evil.example' })
    await ask('PATCH', at(), { email: victim })
  }
  await pass(3 * day)
  expect(sentTo(victim)).toHaveLength(4)
  for (const { subject, text } of world.messages) {
    expect(subject).not.toMatch(/evil|prize|claim/i)
    expect(quotes(text).join()).toContain('Prize!')
    for (const pattern of linked) expect(quotes(text).join('\n')).not.toMatch(pattern)
    expect(text.replaceAll(/^> .*$/gm, '')).not.toMatch(/evil|prize|claim/i)
  }
})

test('nor do several customers, or other spellings of one mailbox, get more there', async () => {
  const spellings = ['flood@gmail.com', 'f.l.o.o.d@gmail.com', 'flood+1@gmail.com', 'flo.od+x@googlemail.com']
  for (const [place, email] of spellings.entries()) {
    const ask = await evil(`FLD00000${place}`, 'Flood')
    const { body } = await ask('POST', '/users', { email, name: 'Flo', type: 'customer-tech' })
    await pass(minute)
    await ask('POST', `/users/${String(body.id)}/invite`)
    await pass(2 * hour)
  }
  expect(sentTo(...spellings)).toHaveLength(4)
})

test('a user who has accepted is asked once an hour, however often a review begins', async () => {
  const ask = await evil('EVL000002', 'Often')
  const ann = 'ann@accepted.example'
  await ask('POST', '/users', { email: 'sock@evil.example', name: 'Sock', type: 'customer-admin' })
  const { body: user } = await ask('POST', '/users', { email: ann, name: 'Ann', type: 'customer-admin' })
  await pass(minute)
  await world.ask('/v1/me', await world.person(ann))
  await ask('PUT', '/review-policy', { reviewers: [user.id] })
  await pass(2 * hour)
  const before = sentTo(ann).length
  for (let round = 0; round < 8; round++) {
    const { body } = await ask('POST', '/reviews', {})
    await pass(10 * minute)
    await ask('POST', `/reviews/${String(body.id)}/cancel`)
    await pass(5 * minute)
  }
  expect(sentTo(ann).length - before).toBe(2)
})
