import { describe, expect, it } from 'vitest'
import { asUser } from '../../../../shared/records/users.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { because, seedScene } from '../changes.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()

async function sceneWithLogins() {
  const { at, token, id, mail, customerId } = await seedScene(world)
  const user = `${at}/users/${id.tech}`
  const claims = (sub: string) => (sub === '' ? {} : { sub: `${sub} ${customerId}` })
  return {
    /** Whether the user is linked to the login now, which may be what links it. */
    comes: async (sub = '') =>
      (await world.ask('/v1/me', await world.person(mail('tech'), claims(sub)))).body.items.length === 1,
    unlink: async (status = 204) =>
      expect((await world.send('DELETE', `${user}/login`, token.owner)).status).toBe(status),
    setAddress: async (to: string) =>
      expect((await world.send('PATCH', user, token.owner, { email: mail(to) })).status).toBe(200),
    stored: async () => asUser(await world.table.get(keys.user(customerId, id.tech))),
    unlinkMain: (by: 'owner' | 'operator') =>
      world.send('DELETE', `${at}/users/${id.owner}/login`, token[by], undefined, because),
    setMainAddress: async (to: string) =>
      (await world.send('PATCH', `${at}/users/${id.owner}`, token.operator, { email: mail(to) }, because))
        .status,
    comesAsOwner: async (sub?: string) =>
      (await world.ask(at, await world.person(mail('owner'), sub ? { sub } : {}))).status === 200,
  }
}

describe('logins that were unlinked since the address was set', () => {
  it('all stay out, however many they are', async () => {
    const { comes, unlink } = await sceneWithLogins()
    await unlink()
    for (const sub of ['b', 'c', 'd']) {
      expect([sub, await comes(sub)]).toEqual([sub, true])
      await unlink()
    }
    for (const sub of ['', 'b', 'c', 'd']) expect([sub, await comes(sub)]).toEqual([sub, false])
    expect(await comes('e')).toBe(true)
  })

  it('are so many at last that nobody comes by the address, and the user grows no more', async () => {
    const { comes, unlink, setAddress, stored } = await sceneWithLogins()
    await unlink()
    const linked = []
    for (let turn = 1; turn <= 12; turn++) {
      if (!(await comes(`l${turn}`))) continue
      linked.push(turn)
      await unlink()
    }
    expect(linked).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect((await stored())?.unlinked).toHaveLength(8)
    for (const sub of ['', 'l1', 'l7', 'l12', 'new']) expect([sub, await comes(sub)]).toEqual([sub, false])
    await unlink(404)
    await setAddress('tech')
    expect(await comes('new')).toBe(true)
  })

  it('come by another address only once that is set, and by the old one once it is set back', async () => {
    const { comes, unlink, setAddress } = await sceneWithLogins()
    await unlink()
    expect(await comes('b')).toBe(true)
    await unlink()
    await setAddress('elsewhere')
    expect([await comes(), await comes('b')]).toEqual([false, false])
    await setAddress('tech')
    expect(await comes('b')).toBe(true)
  })

  it('are remembered while the user is renamed, disabled, retyped', async () => {
    const { comes, unlink, stored } = await sceneWithLogins()
    await unlink()
    expect(await comes('b')).toBe(true)
    await unlink()
    const { customerId = '', email: user = '' } = (await stored()) ?? {}
    await world.event('user.updated', { customerId, user, name: 'Tom', type: 'customer-client' })
    await world.event('user.disabled', { customerId, user })
    await world.event('user.enabled', { customerId, user })
    expect([await comes(), await comes('b')]).toEqual([false, false])
  })

  it('of the main-customer too, whose logins an operator unlinks', async () => {
    const { comesAsOwner, unlinkMain } = await sceneWithLogins()
    expect((await unlinkMain('owner')).status).toBe(409)
    for (const sub of ['second owner', 'third owner']) {
      expect((await unlinkMain('operator')).status).toBe(204)
      expect(await comesAsOwner(sub)).toBe(true)
    }
    expect((await unlinkMain('operator')).status).toBe(204)
    for (const sub of [undefined, 'second owner', 'third owner'])
      expect([sub, await comesAsOwner(sub)]).toEqual([sub, false])
  })

  it('of the main-customer is followed by another address, which an operator corrects', async () => {
    const { setMainAddress, unlinkMain } = await sceneWithLogins()
    expect(await setMainAddress('corrected')).toBe(409)
    await unlinkMain('operator')
    expect(await setMainAddress('corrected')).toBe(200)
  })

  it('stay out also where linking and unlinking meet', async () => {
    const { comes, unlink } = await sceneWithLogins()
    await unlink()
    const subs = ['m', 'n', 'o']
    const out = new Set([''])
    for (let turn = 0; turn < 3; turn++) {
      await Promise.all(subs.map(comes))
      const linked = (await Promise.all(subs.map(async (sub) => (await comes(sub)) && sub))).filter(Boolean)
      expect(linked).toHaveLength(1)
      expect(out).not.toContain(linked[0])
      out.add(String(linked[0]))
      await Promise.all([unlink(), ...[...out].map(comes)])
    }
    for (const sub of out) expect([sub, await comes(sub)]).toEqual([sub, false])
  })
})
