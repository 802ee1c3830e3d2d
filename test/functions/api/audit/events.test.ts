import { describe, expect, it } from 'vitest'
import { acme, mail, startAcme } from '../acme.ts'

const { at, ids, get } = await startAcme()
const { tech, web } = ids
const start = new Date('2026-11-23T12:00:00.000Z')
await get('/v1/me')

const list = async (query = '') => (await get(`${at}/events?limit=200${query}`)).items
const typesOf = async (query: string) => (await list(query)).map(({ type }) => type)
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds).toISOString()

describe('the audit events of a customer', () => {
  it('are listed newest first, each with what it changed', async () => {
    const events = await list()
    expect(events).toHaveLength(16)
    const times = events.map((event) => String(event.at))
    expect(times).toEqual(times.toSorted().toReversed())
    expect(events.at(-1)).toEqual({
      id: expect.stringMatching(/^[0-9A-Z]{26}$/),
      at: after(1),
      actor: { kind: 'webhook', id: 'orders' },
      type: 'customer.created',
      requestId: 'evt_000001',
      changes: [
        {
          resource: { type: 'customer', id: acme },
          after: expect.objectContaining({ organisation: 'Acme' }),
        },
        {
          resource: { type: 'user', id: expect.any(String) },
          after: { email: mail('owner'), name: 'Olga', type: 'main-customer', status: 'active' },
        },
        {
          resource: { type: 'project', id: 'main' },
          after: expect.objectContaining({ createdAt: after(1) }),
        },
      ],
    })
  })

  it.each([
    [`&resource=user/${tech}`, ['user.created']],
    [`&resource=${tech}`, ['server.assigned', 'membership.granted', 'user.created']],
    [`&resource=membership/${web}/${tech}`, ['membership.granted']],
    [`&resource=${web}/${tech}`, ['membership.granted']],
    [`&resource=project/${web}`, ['project.created']],
    ['&resource=server/vps-2', ['server.created']],
    ['&resource=user/vps-2', []],
    [`&resource=customer/${acme}`, ['customer.created']],
    ['&type=login.linked', ['login.linked']],
    ['&type=login', []],
    ['&actor=someone', []],
    ['&type=user.created&actor=orders', Array.from({ length: 5 }, () => 'user.created')],
    ['&type=project.created&actor=webhook:orders', ['project.created', 'project.created']],
    ['&actor=user:orders', []],
  ])('are filtered: %s', async (query, expected) => {
    expect(await typesOf(query)).toEqual(expected)
  })

  it('are filtered by the person who acted', async () => {
    expect(await typesOf(`&actor=${ids.owner}`)).toEqual(['login.linked'])
  })

  it.each([
    [`&before=${after(2)}`, ['customer.created']],
    [`&before=${after(1)}`, []],
    [`&before=${after(1).replace('Z', '0001Z')}`, ['customer.created']],
    [`&after=${after(0)}&before=${after(3)}`, ['project.created', 'customer.created']],
    [`&after=${after(1)}&before=${after(3)}`, ['project.created']],
    [`&after=${after(1).replace('Z', '0001Z')}&before=${after(3)}`, ['project.created']],
    [`&after=${after(2)}&before=${after(2)}`, []],
    [`&after=${after(3)}&before=${after(1)}`, []],
    ['&before=1969-01-01T00:00:00Z', []],
    ['&before=0001-01-01T00:00:00Z', []],
    ['&after=9999-12-31T23:59:59Z', []],
    [`&after=1969-01-01T00:00:00Z&before=${after(2)}`, ['customer.created']],
    [`&before=${encodeURIComponent(after(2).replace('Z', '+00:00'))}`, ['customer.created']],
    [`&type=project.created&before=${after(3)}`, ['project.created']],
  ])('are bounded in time: %s', async (query, expected) => {
    expect(await typesOf(query)).toEqual(expected)
  })

  it('of another customer are not among them', async () => {
    const events = JSON.stringify(await list())
    expect(events).not.toContain('stranger')
  })
})
