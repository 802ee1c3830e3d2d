import { expect, onTestFinished, test } from 'vitest'
import { identify } from '../../../shared/directory/logins/identify.ts'
import { loginHash } from '../../../shared/directory/logins/find-login.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { listLogins } from '../../../shared/records/logins.ts'
import { hour, stoppedClock } from '../../functions/provisioning/clock.ts'
import { viewDirectory } from '../../functions/provisioning/directory-view.ts'
import { allEvents } from '../../functions/provisioning/replay.ts'
import { customer, customerId, mail, user, withId } from '../../functions/provisioning/scene.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'

const engine = await startTestEngine()
const ann = { issuer: 'https://id.example', subject: 'ann-1', email: mail('ann'), emailVerified: true }

async function startWithAnn() {
  const clock = stoppedClock('2026-08-02T00:00:00Z')
  const service = await startProvisioned(engine, { now: clock.now })
  onTestFinished(service.stop)
  await service.deliverEach([customer.created, user.created(1, 'ann', 'tech')])
  const loginContext = (login: typeof ann) =>
    identify({ table: service.table, now: instantOf(clock.now()) }, customerId, login)
  return { ...service, clock, loginContext, logins: () => listLogins(service.table, loginHash(ann)) }
}

test('a login is linked once, with an audit event, and known from then on without its address', async () => {
  const { loginContext, logins, ...service } = await startWithAnn()
  const userId = await loginContext(ann)
  expect(userId).toMatch(/^usr_/)
  expect(await loginContext({ ...ann, email: '', emailVerified: false })).toBe(userId)
  expect(await logins()).toMatchObject([{ customerId, userId, version: 1 }])
  const linked = (await allEvents(service.table, customerId)).filter(({ type }) => type === 'login.linked')
  expect(linked.map(({ actor }) => actor)).toEqual([{ kind: 'user', id: userId }])
})

test.each([
  ['an address that is not verified', { emailVerified: false }],
  ['an address that nobody has', { email: mail('bob') }],
  ['the address in another case', { email: 'Ann@bge.example' }],
])('nobody is linked by %s', async (_name, change) => {
  const { loginContext, logins } = await startWithAnn()
  expect(await loginContext({ ...ann, ...change })).toBeUndefined()
  expect(await logins()).toEqual([])
})

test('a linked user is not linked again by the address', async () => {
  const { loginContext } = await startWithAnn()
  await loginContext(ann)
  expect(await loginContext({ ...ann, subject: 'ann-2' })).toBeUndefined()
  expect(await loginContext({ ...ann, issuer: 'https://other.example' })).toBeUndefined()
})

test('an invitation lasts thirty days', async () => {
  const { loginContext, clock } = await startWithAnn()
  clock.move(30 * 24 * hour + 1)
  expect(await loginContext(ann)).toBeUndefined()
  clock.move(-1)
  expect(await loginContext(ann)).toBeDefined()
})

test('linking gives way to a change of its user at the same time, and is done after it', async () => {
  const { loginContext, logins, ...service } = await startWithAnn()
  let isDone = false
  service.client.middlewareStack.add(
    (next) => async (args) => {
      if (JSON.stringify(args.input).includes('"login.linked"') && !isDone) {
        isDone = true
        await service.deliverEach([user.renamed(10, 'ann', 'Ann B')])
      }
      return next(args)
    },
    { step: 'build' },
  )
  const userId = await loginContext(ann)
  expect(await logins()).toMatchObject([{ userId }])
  expect((await viewDirectory(service.table)).users).toHaveProperty('ann', 'tech called Ann B')
})

test('the same login used twice at once is linked once', async () => {
  const { loginContext, ...service } = await startWithAnn()
  const [userId, again] = await Promise.all([loginContext(ann), loginContext(ann)])
  expect(again).toBe(userId)
  const events = await allEvents(service.table, customerId)
  expect(events.filter(({ type }) => type === 'login.linked')).toHaveLength(1)
})

test('a deletion unlinks; the next holder of the address is linked anew', async () => {
  const { loginContext, logins, ...service } = await startWithAnn()
  const first = await loginContext(ann)
  await service.deliverEach([user.renamed(2, 'ann', 'Ann B'), user.typeChanged(3, 'ann', 'client')])
  expect(await logins()).toMatchObject([{ userId: first }])
  await service.deliverEach([user.deleted(4, 'ann')])
  expect(await logins()).toEqual([])
  expect(await loginContext(ann)).toBeUndefined()
  await service.deliverEach([withId('again', user.created(5, 'ann', 'tech'))])
  const second = await loginContext(ann)
  expect(second).toMatch(/^usr_/)
  expect(second).not.toBe(first)
})

test('a login is identified by issuer and subject together', () => {
  const pairs = ['a|bc', 'ab|c', 'abc|', 'a:b|c', 'a|b:c'].map((pair) => pair.split('|'))
  const hashes = pairs.map(([issuer = '', subject = '']) => loginHash({ issuer, subject }))
  expect(new Set(hashes).size).toBe(hashes.length)
})
