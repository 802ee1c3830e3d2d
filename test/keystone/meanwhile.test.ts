import { describe, expect, it } from 'vitest'
import type { Keystone } from '../../shared/openstack/keystone/client.ts'
import { KeystoneError } from '../../shared/openstack/transport/errors.ts'
import { indexes } from '../../shared/table/schema.ts'
import type { Table } from '../../shared/table/table.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { pauseRead, type Call, pauseCall, isAssignment, withReads } from '../support/keystone/pause-call.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { startCustomer } from '../support/keystone/customer.ts'
import { inMortalHands, Killed, type Live } from '../support/mortal-table.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const begin = () => startCustomer(engine, direct)
const isLook = ({ method, query }: Call) => method === 'GET' && 'user.id' in (query ?? {})
const isChange = ({ method, path }: Call) => method === 'PATCH' && path.startsWith('/users/')
const isCreation = ({ method, path }: Call) => method === 'POST' && path === '/users'
const kimIn = [scene.user.created(9, 'kim', 'tech'), scene.membership.granted(10, 'kim', 'web')]

/** How a run ends after it has created a user. */
const endings = {
  'comes to its end': (keystone: Keystone, table: Table) => ({ keystone, table }),
  'is late': (keystone: Keystone, table: Table) => ({ keystone, table }),
  'is refused what follows': (keystone: Keystone, table: Table) => ({
    keystone: failing(keystone, isAssignment, new KeystoneError('forbidden', 'not you')),
    table,
  }),
  'loses Keystone': (keystone: Keystone, table: Table) => ({
    keystone: failing(keystone, isAssignment, new KeystoneError('timeout', 'no answer')),
    table,
  }),
  'is killed': (keystone: Keystone, table: Table) => {
    let isDead = false
    const live: Live = async (work) => {
      if (isDead) throw new Killed('killed')
      return work()
    }
    const call: Keystone['call'] = (request) =>
      live(async () => {
        const answer = await keystone.call(request)
        isDead = isCreation(request)
        return answer
      })
    return { keystone: { ...keystone, call }, table: inMortalHands(table, live) }
  },
}
type Ending = keyof typeof endings

function failing(keystone: Keystone, fits: (call: Call) => boolean, error: KeystoneError): Keystone {
  return {
    ...keystone,
    async call(call) {
      if (fits(call)) throw error
      return keystone.call(call)
    },
  }
}

describe('a run', () => {
  it('is the only one of its project', async () => {
    const acme = await begin()
    await acme.deliver(...kimIn)
    const changes: string[] = []
    await acme.overtake(pauseCall(direct, isAssignment), async () => {
      await acme.deliver(scene.membership.granted(11, 'kim', 'web', ['dns:read']))
      await acme.worker(recording(changes, ({ method }) => method !== 'GET')).sweep()
    })
    await acme.untilSettled()
    expect(changes).toEqual([])
    await acme.expectEqual()
  })

  it('that fails late does not end the lease of another', async () => {
    const acme = await begin()
    await acme.deliver(...kimIn)
    const first = pauseCall(direct, isAssignment)
    const dead: Keystone = {
      ...direct,
      async call(call) {
        const answer = await first.keystone.call(call)
        if (isAssignment(call)) throw new KeystoneError('timeout', 'no answer', { mayHaveHappened: true })
        return answer
      },
    }
    const older = acme.worker(dead).sweep()
    await first.isReached
    acme.advance(130_000)
    await acme.deliver(scene.user.created(11, 'eve', 'tech'), scene.membership.granted(12, 'eve', 'web'))
    const second = pauseCall(direct, isAssignment)
    const newer = acme.worker(second.keystone).sweep()
    await second.isReached
    const run = (await acme.recordOf('web'))?.lease
    first.open()
    await older
    expect((await acme.recordOf('web'))?.lease).toEqual(run)
    second.open()
    await newer
    await acme.expectEqualInTheEnd()
  })

  it('that takes long does not grant a role that has been revoked since', async () => {
    const acme = await begin()
    const three = ['eve', 'kim', 'lea']
    await acme.deliver(
      ...three.flatMap((name, place) => [
        scene.user.created(10 + 2 * place, name, 'tech'),
        scene.membership.granted(11 + 2 * place, name, 'web'),
      ]),
    )
    const assignments: string[] = []
    await acme.overtake(pauseCall(recording(assignments, isAssignment), isAssignment), async () => {
      await acme.deliver(...three.map((name, place) => scene.membership.revoked(20 + place, name, 'web')))
      acme.advance(3_000)
    })
    await acme.untilSettled()
    expect(assignments).toHaveLength(1)
    await acme.expectEqual()
  })

  it('does not mark a project ready that was marked pending after its last read', async () => {
    const acme = await begin()
    await acme.deliver(...kimIn)
    await acme.overtake(pauseRead(acme.table, 2), () =>
      acme.deliver(scene.membership.revoked(11, 'kim', 'web')),
    )
    const { extra } = await acme.differences()
    expect([extra.length, (await acme.recordOf('web'))?.state]).not.toEqual([1, 'ready'])
    await acme.expectEqualInTheEnd()
  })

  it.each(Object.keys(endings) as Ending[])(
    'requeues a user who was deleted while it was about to create it, and %s',
    async (ending) => {
      const acme = await begin()
      await acme.deliver(...kimIn)
      const held = pauseCall(direct, isCreation)
      const { keystone, table } = endings[ending](held.keystone, acme.table)
      await acme.overtake(
        { ...held, keystone, table },
        async () => {
          await acme.deliver(scene.user.deleted(11, 'kim'))
          await acme.sweep()
          if (ending === 'is late') acme.advance(130_000)
        },
        (worker) => worker.sweep().catch(() => undefined),
      )
      await acme.expectEqualInTheEnd()
    },
  )

  it.each([false, true])(
    'adds a new member despite a lagging index, to a synced project: %s',
    async (synced) => {
      const acme = await begin()
      if (synced) {
        await acme.settle(...kimIn, scene.user.created(11, 'eve', 'tech'))
        acme.advance(200_000)
      }
      await acme.deliver(...(synced ? [scene.membership.granted(12, 'eve', 'web')] : kimIn))
      const worker = acme.worker(direct, withoutIndex(acme.table))
      while (!(await acme.isSettled())) await worker.sweep()
      await acme.expectEqual()
    },
  )
})

describe('the sync request of a user', () => {
  it.each([
    ['disabled', 1],
    ['deleted', 1],
    ['deleted', 2],
  ])('of whom has no project any more: %s, with step %i refused once, ends equal', async (becomes, step) => {
    const acme = await begin()
    await acme.settle(...kimIn)
    await acme.settle(scene.membership.revoked(11, 'kim', 'web'))
    await acme.deliver(becomes === 'deleted' ? scene.user.deleted(12, 'kim') : scene.user.disabled(12, 'kim'))
    let steps = 0
    const isRefused = ({ method }: Call) => method === 'PATCH' && ++steps === step
    const refusing = failing(direct, isRefused, new KeystoneError('conflict', 'in the way'))
    await acme.worker(refusing).sweep()
    expect(steps).toBeGreaterThanOrEqual(step)
    await acme.expectEqualInTheEnd()
  })

  it('that is made again while a worker processes it is processed once more', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'))
    await acme.deliver(scene.user.typeChanged(10, 'tom', 'admin'))
    await acme.overtake(pauseCall(direct, isLook, { afterwards: true }), () =>
      acme.deliver(scene.user.disabled(11, 'tom')),
    )
    await acme.expectEqualInTheEnd()
  })

  it('is processed by one worker at a time', async () => {
    const acme = await begin()
    await acme.settle(scene.membership.granted(9, 'tom', 'web'), scene.user.disabled(10, 'tom'))
    await acme.deliver(scene.user.enabled(11, 'tom'))
    await acme.overtake(pauseCall(direct, isChange), async () => {
      await acme.deliver(scene.user.disabled(12, 'tom'))
      await acme.sweep()
    })
    await acme.expectEqualInTheEnd()
  })
})

function recording(into: string[], fits: (call: Call) => boolean): Keystone {
  return {
    ...direct,
    async call(call) {
      if (fits(call)) into.push(`${call.method} ${call.path}`)
      return direct.call(call)
    },
  }
}

/** An index without grants. */
const withoutIndex = (table: Table) =>
  withReads(table, {
    queryPage: async (query) =>
      query.index === indexes.grantsByResource ? { items: [] } : table.queryPage(query),
  })
