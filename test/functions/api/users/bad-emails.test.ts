import { describe, expect, it } from 'vitest'
import { seedScene } from '../changes.ts'
import { type Asked, requester, naming, told } from '../routing/refused.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const ask = requester(scene)

let count = 0
const tech = { name: 'N', type: 'customer-tech' }
/** Where there can be an e-mail address, and where it then is told. */
const addressed: [string, (email: string) => Asked, pointer: string][] = [
  ['a new user', (email) => ['admin', 'POST', '/users', { ...tech, email }], '/email'],
  ['a user', (email) => ['admin', 'PATCH', `/users/${scene.id.billing}`, { email }], '/email'],
  ['contact', (email) => ['owner', 'PUT', '/contact', { email }], '/email'],
  ['billing', (email) => ['owner', 'PUT', '/billing', { email }], '/email'],
  [
    'a main-customer',
    (email) => ['operator', 'POST', '/v1/customers', { ...customer(), mainCustomer: { name: 'M', email } }],
    '/mainCustomer/email',
  ],
]

function customer() {
  return { id: `BAD${String(++count).padStart(6, '0')}`, organisation: 'Bad' }
}

const noEmail = 'must be an e-mail address with an ASCII local part and at most 240 characters'
/** Of that many characters. */
const long = (length: number) => {
  const domain = `${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(length - 64 - 1 - 61 - 61 - 8)}.example`
  return `${'x'.repeat(64)}@${domain}`
}

describe.each(addressed)('the e-mail address of %s', (_what, asked, pointer) => {
  const spaced = ['a b@x.example', ' a@x.example', 'a@x.example ', 'a@x .example']
  it.each([...spaced, 'ü@x.example', long(255), long(241)])('is not %j', async (email) => {
    expect(told(await ask(asked(email)))).toEqual(naming({ [pointer]: noEmail }))
  })

  it('may have a domain that is not ASCII, and is then shown in ASCII', async () => {
    const name = `idn-${++count}`
    const answer = await ask(asked(`${name}@Bücher.example`))
    expect(answer.status).toBeLessThan(300)
    const users = `/v1/customers/${String(answer.body.id)}/users`
    const email = answer.body.email ?? (await ask(['operator', 'GET', users])).body.items[0]?.email
    expect(email).toBe(`${name}@xn--bcher-kva.example`)
  })

  it('has 240 characters at most', async () => {
    expect((await ask(asked(long(240).replace('x', String(count % 10))))).status).toBeLessThan(300)
  })
})

describe('an e-mail address that is looked for', () => {
  it.each(['a b@x.example', long(255), ''])('is not %j', async (email) => {
    const { status, errors } = told(await ask(['admin', 'GET', `/users?email=${encodeURIComponent(email)}`]))
    expect([status, errors]).toEqual([400, [{ pointer: 'email', detail: noEmail }]])
  })

  it('is found however its domain is written', async () => {
    const user = { email: 'findme@BÜCHER.example', name: 'F', type: 'customer-client' }
    const { body } = await ask(['admin', 'POST', '/users', user])
    for (const address of ['findme@bücher', 'FINDME@xn--bcher-kva', 'findme@bu\u0308cher']) {
      const email = encodeURIComponent(`${address}.example`)
      const found = await ask(['admin', 'GET', `/users?email=${email}`])
      expect(found.body.items).toMatchObject([{ id: body.id }])
    }
  })
})
