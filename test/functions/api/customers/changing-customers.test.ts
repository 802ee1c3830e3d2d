import { describe, expect, it } from 'vitest'
import { because, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const { at, token } = scene

const created = (id: string, more: object = {}) => ({
  id,
  organisation: 'Created',
  mainCustomer: { name: 'Maria', email: `maria${id.slice(-1).trim()}@created.example` },
  ...more,
})
const create = (body: unknown, by = token.operator) => world.send('POST', '/v1/customers', by, body, because)
const as = (by: string, method: string, path: string, body?: unknown) =>
  world.send(method, `${at}${path}`, by, body, by === token.operator ? because : {})

const dutch = { street: 'Keizersgracht 62–64', city: 'Amsterdam', postalCode: '1015 CS', country: 'NL' }
const irish = {
  street: 'Unit 3, Block C, Ballymount Industrial Estate',
  city: 'Dublin 12',
  postalCode: 'D12 X8Y9',
  region: 'County Dublin',
  country: 'IE',
}

describe('a new customer', () => {
  it('has its main-customer, who can sign in, and its Main project', async () => {
    const more = { contact: { address: dutch }, billing: { address: irish } }
    const answer = await create(created('CRE000001', more))
    expect(answer.status).toBe(201)
    const owner = await world.person('maria1@created.example')
    const me = await world.ask('/v1/me', owner)
    expect(me.body.items).toMatchObject([
      { customer: { id: 'CRE000001' }, user: { id: answer.body.mainCustomerId, type: 'main-customer' } },
    ])
    const projects = await world.ask('/v1/customers/CRE000001/projects', owner)
    expect(projects.body.items).toMatchObject([{ id: 'main', name: 'CRE000001', locked: true }])
    const billing = await world.ask('/v1/customers/CRE000001/billing', owner)
    expect(billing.body.address).toEqual(irish)
  })

  it('can have the same main-customer as another: one login, a user at each', async () => {
    const mainCustomer = { name: 'Twice', email: 'twice@both.example' }
    await create(created('CRE000002', { mainCustomer }))
    await create(created('CRE000003', { mainCustomer }))
    const { body } = await world.ask('/v1/me', await world.person(mainCustomer.email))
    expect(body.items).toMatchObject([{ customer: { id: 'CRE000002' } }, { customer: { id: 'CRE000003' } }])
  })

  it('has an identifier that nobody had, not even one that is closed', async () => {
    await create(created('CRE000004'))
    const twice = await create(created('CRE000004', { organisation: 'Another' }))
    expect([twice.status, twice.body.code]).toEqual([409, 'conflict'])
    const path = '/v1/customers/CRE000004'
    const { headers } = await world.ask(path, token.operator)
    const seen = { ...because, 'if-match': headers.get('etag') ?? '' }
    expect((await world.send('POST', `${path}/close`, token.operator, undefined, seen)).status).toBe(200)
    expect((await create(created('CRE000004'))).status).toBe(409)
  })

  it.each([
    ['/id', created('cre000005')],
    ['/id', created('CRE00000')],
    ['/id', created('CRE#00005')],
    ['/id', created('CRE000005\n')],
    ['/organisation', created('CRE000005', { organisation: ' ' })],
    ['/contact/address/planet', created('CRE000005', { contact: { address: { ...dutch, planet: 'Mars' } } })],
    ['/billing/address/country', created('CRE000005', { billing: { address: { ...dutch, country: 'UK' } } })],
  ])('is refused for its %s: %j', async (pointer, body) => {
    const answer = await create(body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toMatchObject([{ pointer }])
  })
})

describe('contact and billing', () => {
  const desk = { name: 'Joséphine Ó Briain', email: 'Desk@Bücher.example', phone: '+31 (0)20 555-01 23' }
  const tokyo = { street: '大手町1-2-3', city: '千代田区', postalCode: '100-0004' }
  const japanese = { ...tokyo, region: '東京都', country: 'JP' }
  it.each([{ ...desk, address: dutch }, { address: irish }, { address: japanese }, {}])(
    'are replaced as a whole: %j',
    async (contact) => {
      const answer = await as(token.billing, 'PUT', '/contact', contact)
      expect(answer.status).toBe(200)
      const { createdAt: _, updatedAt: __, ...fields } = answer.body as Record<string, unknown>
      expect(fields).toEqual(
        'email' in contact ? { ...contact, email: 'desk@xn--bcher-kva.example' } : contact,
      )
    },
  )

  it('keep apart', async () => {
    await as(token.billing, 'PUT', '/contact', { name: 'Desk' })
    const billing = { companyName: 'Müller & Söhne GmbH', vatNumber: 'DE 123 456 789' }
    await as(token.billing, 'PUT', '/billing', billing)
    expect((await as(token.owner, 'GET', '/contact')).body).toMatchObject({ name: 'Desk' })
    expect((await as(token.owner, 'GET', '/billing')).body).toMatchObject({ vatNumber: 'DE 123 456 789' })
  })

  it.each([
    ['/contact', '/vatNumber', { vatNumber: '1' }],
    ['/contact', '/phone', { phone: 'call me' }],
    ['/contact', '/address/city', { address: { street: 's', postalCode: '1', country: 'NL' } }],
    ['/billing', '/reference', { reference: 'a\u0000b' }],
    ['/billing', '/companyName', { companyName: 'x'.repeat(201) }],
  ])('%s refuses %s', async (path, pointer, body) => {
    const answer = await as(token.billing, 'PUT', path, body)
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toMatchObject([{ pointer: expect.stringContaining(pointer) }])
  })
})

describe('a customer', () => {
  it('is renamed', async () => {
    const { body } = await as(token.admin, 'PATCH', '', { organisation: ' Acme  Ltd ' })
    expect(body.organisation).toBe('Acme  Ltd')
    expect((await as(token.admin, 'PATCH', '', {})).status).toBe(400)
  })

  it('that is suspended keeps contact and billing, until it is resumed', async () => {
    await as(token.operator, 'POST', '/suspend')
    expect((await as(token.owner, 'PATCH', '', { organisation: 'No' })).status).toBe(403)
    expect((await as(token.owner, 'PUT', '/billing', { companyName: 'Paid' })).status).toBe(200)
    expect((await as(token.operator, 'PATCH', '', { organisation: 'Yes' })).status).toBe(200)
    expect((await as(token.operator, 'POST', '/resume')).body.status).toBe('active')
    expect((await as(token.owner, 'PATCH', '', { organisation: 'Again' })).status).toBe(200)
  })
})
