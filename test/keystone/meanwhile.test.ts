import { describe, expect, it } from 'vitest'
import type { Keystone } from '../../shared/openstack/keystone/client.ts'
import { KeystoneError } from '../../shared/openstack/transport/errors.ts'
import { indexes } from '../../shared/table/schema.ts'
import type { Table } from '../../shared/table/table.ts'
import * as scene from '../functions/provisioning/scene.ts'
import { startTestEngine } from '../support/engine.ts'
import { afterLooks, type Call, gate, isAssignment, seenThrough } from '../support/keystone/gate.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { equal, startStory } from '../support/keystone/story.ts'
import { inMortalHands, Killed, type Live } from '../support/mortal-table.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const begin = () => startStory(engine, direct)
const isLook = ({ method, query }: Call) => method === 'GET' && 'user.id' in (query ?? {})
const isCreation = ({ method, path }: Call) => method === 'POST' && path === '/users'
const kimIn = [scene.user(9, 'kim', 'tech'), scene.grant(10, 'kim', 'web', ['full'])]

type Story = Awaited<ReturnType<typeof begin>>
type Hands = { keystone: Keystone; table: Table }

/** How a run goes on once it has made a user. */
const endings = {
  'comes to its end': (keystone: Keystone, { table }: Story): Hands => ({ keystone, table }),
  'is late': (keystone: Keystone, { table }: Story): Hands => ({ keystone, table }),
  'is refused what follows': (keystone: Keystone, { table }: Story): Hands => ({
    keystone: failing(keystone, isAssignment, new KeystoneError('forbidden', 'not you')),
    table,
  }),
  'loses Keystone': (keystone: Keystone, { table }: Story): Hands => ({
    keystone: failing(keystone, isAssignment, new KeystoneError('timeout', 'no answer')),
    table,
  }),
  'is killed': (keystone: Keystone, { table }: Story): Hands => {
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
  it('is alone at its project', async () => {
    const story = await begin()
    await story.tell(...kimIn)
    const held = gate(direct, isAssignment)
    const older = story.worker(held.keystone).sweep()
    await held.isReached
    await story.tell(scene.grant(11, 'kim', 'web', ['dns:read']))
    const changes: string[] = []
    await story.worker(recording(changes, ({ method }) => method !== 'GET')).sweep()
    held.open()
    await older
    await story.follow()
    expect(changes).toEqual([])
    expect(await story.differences()).toEqual(equal)
  })

  it('that fails late does not end the hold of another', async () => {
    const story = await begin()
    await story.tell(...kimIn)
    const first = gate(direct, isAssignment)
    const dead: Keystone = {
      ...direct,
      async call(call) {
        const answer = await first.keystone.call(call)
        if (isAssignment(call)) throw new KeystoneError('timeout', 'no answer', { mayHaveHappened: true })
        return answer
      },
    }
    const older = story.worker(dead).sweep()
    await first.isReached
    story.advance(130_000)
    await story.tell(scene.user(11, 'eve', 'tech'), scene.grant(12, 'eve', 'web', ['full']))
    const second = gate(direct, isAssignment)
    const newer = story.worker(second.keystone).sweep()
    await second.isReached
    const run = (await story.recordOf('web'))?.lease
    first.open()
    await older
    expect((await story.recordOf('web'))?.lease).toEqual(run)
    second.open()
    await newer
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('that has been at it for a while does not give what has been revoked since', async () => {
    const story = await begin()
    const three = ['eve', 'kim', 'lea']
    await story.tell(
      ...three.flatMap((name, place) => [
        scene.user(10 + 2 * place, name, 'tech'),
        scene.grant(11 + 2 * place, name, 'web', ['full']),
      ]),
    )
    const assignments: string[] = []
    const held = gate(recording(assignments, isAssignment), isAssignment)
    const older = story.worker(held.keystone).sweep()
    await held.isReached
    await story.tell(...three.map((name, place) => scene.revoke(20 + place, name, 'web')))
    story.advance(3_000)
    held.open()
    await older
    await story.follow()
    expect(assignments).toHaveLength(1)
    expect(await story.differences()).toEqual(equal)
  })

  it('does not call ready what was said after it has looked for the last time', async () => {
    const story = await begin()
    await story.tell(...kimIn)
    const { table, isReached, open } = afterLooks(story.table, 2)
    const older = story.worker(direct, table).sweep()
    await isReached
    await story.tell(scene.revoke(11, 'kim', 'web'))
    open()
    await older
    const { extra } = await story.differences()
    expect([extra.length, (await story.recordOf('web'))?.state]).not.toEqual([1, 'ready'])
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it.each(Object.keys(endings) as Ending[])(
    'has a user looked at again who was deleted while it was about to make it, and %s',
    async (ending) => {
      const story = await begin()
      await story.tell(...kimIn)
      const held = gate(direct, isCreation)
      const { keystone, table } = endings[ending](held.keystone, story)
      const older = story.worker(keystone, table).sweep()
      await held.isReached
      await story.tell(scene.userGone(11, 'kim'))
      await story.openstack.sweep()
      if (ending === 'is late') story.advance(130_000)
      held.open()
      await older.catch(() => undefined)
      await story.follow()
      expect(await story.differences()).toEqual(equal)
    },
  )

  it('sees through an index that lags: whose membership was just granted is in', async () => {
    const story = await begin()
    await story.tell(...kimIn)
    const worker = story.worker(direct, withoutIndex(story.table))
    while (!(await story.isSettled())) await worker.sweep()
    expect(await story.differences()).toEqual(equal)
  })

  it('sees through an index that lags: who is in the project in Keystone stays in', async () => {
    const story = await begin()
    await story.tell(...kimIn, scene.user(11, 'eve', 'tech'))
    await story.follow()
    story.advance(200_000)
    await story.tell(scene.grant(12, 'eve', 'web', ['full']))
    const worker = story.worker(direct, withoutIndex(story.table))
    while (!(await story.isSettled())) await worker.sweep()
    expect(await story.differences()).toEqual(equal)
  })
})

describe('a word of a user', () => {
  it.each([
    ['disabled', 1],
    ['deleted', 1],
    ['deleted', 2],
  ])('of whom has no project any more: %s, with step %i refused once, ends equal', async (becomes, step) => {
    const story = await begin()
    await story.tell(...kimIn)
    await story.follow()
    await story.tell(scene.revoke(11, 'kim', 'web'))
    await story.follow()
    await story.tell(becomes === 'deleted' ? scene.userGone(12, 'kim') : scene.disabled(12, 'kim'))
    let steps = 0
    const isRefused = ({ method }: Call) => method === 'PATCH' && ++steps === step
    const refusing = failing(direct, isRefused, new KeystoneError('conflict', 'in the way'))
    await story.worker(refusing).sweep()
    expect(steps).toBeGreaterThanOrEqual(step)
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('that is said again while somebody is at it is worked off once more', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']))
    await story.follow()
    await story.tell(scene.becomes(10, 'tom', 'admin'))
    const held = gate(direct, isLook, { afterwards: true })
    const older = story.worker(held.keystone).sweep()
    await held.isReached
    await story.tell(scene.disabled(11, 'tom'))
    held.open()
    await older
    await story.follow()
    expect(await story.differences()).toEqual(equal)
  })

  it('is worked off by one at a time', async () => {
    const story = await begin()
    await story.tell(scene.grant(9, 'tom', 'web', ['full']), scene.disabled(10, 'tom'))
    await story.follow()
    await story.tell(scene.enabled(11, 'tom'))
    const held = gate(direct, ({ method, path }) => method === 'PATCH' && path.startsWith('/users/'))
    const older = story.worker(held.keystone).sweep()
    await held.isReached
    await story.tell(scene.disabled(12, 'tom'))
    await story.openstack.sweep()
    held.open()
    await older
    await story.follow()
    expect(await story.differences()).toEqual(equal)
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

/** An index that knows of no grant. */
const withoutIndex = (table: Table) =>
  seenThrough(table, {
    queryPage: async (query) =>
      query.index === indexes.grantsByResource ? { items: [] } : table.queryPage(query),
  })
