import { expect, test } from 'vitest'
import { shareLists } from '../../../../functions/openstack/run/shared-lists.ts'
import type { Lists } from '../../../../shared/openstack/plan/find.ts'
import { stoppedClock } from '../../provisioning/clock.ts'

const maxAge = 10_000

/** Each read lists one project, named by the read's number, unless it fails. */
function share() {
  const clock = stoppedClock('2026-11-23T12:00:00Z')
  const state = { reads: 0, fails: false }
  const read = async (): Promise<Lists> => {
    const name = `read ${++state.reads}`
    if (state.fails) throw new Error(`${name} failed`)
    const project = { id: name, domainId: 'default', name, description: '', enabled: true, tags: [] }
    return { projects: [project], users: [], roles: [], wholeDomain: false }
  }
  const lists = shareLists({ read, now: clock.now, maxAge })
  return {
    state,
    move: clock.move,
    drop: lists.drop,
    get: async () => (await lists.get()).projects[0]?.name,
    renew: async () => (await lists.renew()).projects[0]?.name,
  }
}

test('nothing is read before the first get', () => {
  expect(share().state.reads).toBe(0)
})

test('concurrent gets share one read', async () => {
  const { get } = share()
  expect(await Promise.all([get(), get(), get()])).toEqual(['read 1', 'read 1', 'read 1'])
})

test('lists are reused until they are too old', async () => {
  const { get, move } = share()
  await get()
  move(maxAge - 1)
  expect(await get()).toBe('read 1')
  move(1)
  expect(await get()).toBe('read 2')
})

test('the age of lists counts from the request, not from the response', async () => {
  const { get, move } = share()
  const first = get()
  move(maxAge)
  await first
  expect(await get()).toBe('read 2')
})

test('after a drop the next get reads again', async () => {
  const { get, drop } = share()
  await get()
  drop()
  expect(await Promise.all([get(), get()])).toEqual(['read 2', 'read 2'])
})

test('lists that were requested before a drop are not returned after it', async () => {
  const { get, drop } = share()
  const early = get()
  drop()
  expect([await get(), await early]).toEqual(['read 2', 'read 1'])
})

test('renewed lists replace the earlier ones for all callers', async () => {
  const { get, renew } = share()
  await get()
  expect([await renew(), await get()]).toEqual(['read 2', 'read 2'])
})

test('a failed read rejects all waiting gets, and is not cached', async () => {
  const { get, state } = share()
  state.fails = true
  const waiting = [get(), get()]
  for (const each of waiting) await expect(each).rejects.toThrow('read 1 failed')
  state.fails = false
  expect(await get()).toBe('read 2')
})

test('a read that fails after a newer one has begun leaves the newer one', async () => {
  const { get, renew, state } = share()
  state.fails = true
  const failing = renew()
  state.fails = false
  const renewed = renew()
  await expect(failing).rejects.toThrow('read 1 failed')
  expect([await renewed, await get()]).toEqual(['read 2', 'read 2'])
})
