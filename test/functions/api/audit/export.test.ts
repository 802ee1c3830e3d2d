import { describe, expect, it } from 'vitest'
import { acme, mail, other, startAcme } from '../acme.ts'

const { world, tokens } = await startAcme()
const exported = async (customer: string) => {
  const answer = await world.ask(`/v1/customers/${customer}/export`, tokens.operator)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson')
  return answer.text
}

describe('an export', () => {
  it('of a new customer is the least there is', async () => {
    expect(await exported(other)).toBe(
      [
        `{"type":"customer","id":"${other}","organisation":"Other","status":"active","mainCustomer":"${mail('stranger')}"}`,
        `{"type":"membership","project":"${other}","user":"${mail('stranger')}","roles":[],"source":"type"}`,
        `{"type":"project","name":"${other}","kind":"main","description":"Main Customer Interface Project","status":"active"}`,
        `{"type":"user","email":"${mail('stranger')}","name":"Otto","userType":"main-customer","status":"active"}`,
        '',
      ].join('\n'),
    )
  })

  it('has every fact in natural keys, memberships by type and expired ones too', async () => {
    const user = mail('tech')
    const expiresAt = '2026-11-23T12:00:30Z'
    const membership = {
      customerId: acme,
      project: 'early',
      user,
      roles: ['dns:read', 'compute:read'],
      expiresAt,
      reason: 'trial',
    }
    await world.event('membership.granted', membership)
    world.setTime(new Date('2026-11-23T12:01:00Z'))
    const lines = (await exported(acme)).split('\n')
    expect(lines).toContain(
      '{"type":"membership","project":"early","user":"tech@acme.example","roles":["compute:read","dns:read"],"source":"webhook","expiresAt":"2026-11-23T12:00:30.000Z","reason":"trial"}',
    )
    expect(lines).toContain(
      '{"type":"membership","project":"Web","user":"admin@acme.example","roles":["full"],"source":"type"}',
    )
    expect(lines).toContain(
      '{"type":"assignment","server":"vps-1","user":"client@acme.example","capabilities":["console","view"],"source":"webhook"}',
    )
    expect(lines).toContain('{"type":"server","id":"vps-2","hostname":"two.acme.example"}')
    expect(lines.join('')).not.toMatch(/usr_|prj_/)
  })

  it('is sorted bytewise', async () => {
    for (const name of ['Zebra', 'zebra2', 'ähre', '\u{1f980}', '\ufb01']) {
      await world.event('project.created', { customerId: acme, name })
    }
    const lines = (await exported(acme)).split('\n').slice(0, -1)
    const sorted = [...lines].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    expect(lines).toEqual(sorted)
  })

  it('is the same for the same facts, sent in another order', async () => {
    const facts: [string, Record<string, unknown>][] = [
      ['user.created', { email: mail('a'), name: 'A', type: 'customer-tech' }],
      ['user.created', { email: mail('b'), name: 'B', type: 'customer-tech', main: true }],
      ['project.created', { name: 'x' }],
      ['project.created', { name: 'y' }],
      ['server.created', { serverId: 's', hostname: 'h' }],
      ['membership.granted', { project: 'x', user: mail('a'), roles: ['full'] }],
      ['membership.granted', { project: 'y', user: mail('b'), roles: ['dns:read'] }],
      ['server.assigned', { serverId: 's', user: mail('b'), capabilities: ['power'] }],
    ]
    const orders = [facts, [3, 2, 1, 0, 4, 7, 6, 5].map((place) => facts[place] ?? facts[0])]
    const exports = []
    for (const [place, order] of orders.entries()) {
      const customerId = `ORD00000${place}`
      const mainCustomer = { name: 'M', email: mail('m') }
      const contact = { name: 'C', email: mail('c'), phone: '1' }
      await world.event('customer.created', { customerId, organisation: 'O', contact, mainCustomer })
      for (const fact of order) if (fact) await world.event(fact[0], { customerId, ...fact[1] })
      exports.push((await exported(customerId)).replaceAll(customerId, 'ORD'))
    }
    expect(exports[1]).toBe(exports[0])
    expect(exports[0]?.split('\n')).toHaveLength(16)
  })

  it('leaves out what is gone', async () => {
    await world.event('user.deleted', { customerId: acme, user: mail('client') })
    await world.event('project.deleted', { customerId: acme, name: 'web' })
    await world.event('server.deleted', { customerId: acme, serverId: 'vps-1' })
    expect(await exported(acme)).not.toMatch(/client@|"Web"|vps-1/)
  })
})
