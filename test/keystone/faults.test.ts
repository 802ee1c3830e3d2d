import { expect, it } from 'vitest'
import { startTestEngine } from '../support/engine.ts'
import { makeHistory } from '../support/history.ts'
import { compare } from '../support/keystone/equal.ts'
import { type Fault, faults } from '../support/keystone/faults.ts'
import { startFollowed } from '../support/keystone/followed.ts'
import { mortal } from '../support/keystone/mortal.ts'
import { connectTo, ownKeystone, proxyTo } from '../support/keystone/shared.ts'
import { wrongAssignments } from '../support/keystone/witness.ts'
import { runs } from '../support/long.ts'
import { readOrg } from '../support/orgs.ts'
import { Random } from '../support/random.ts'
import type { TimedEvent } from '../support/timeline.ts'

const engine = await startTestEngine()
const own = await ownKeystone()
const direct = connectTo(own.variables)
const kinds = Object.keys(faults) as Fault[]
const patience = 240_000

/** A clock that runs, and can be put forward. */
function startClock() {
  let ahead = 0
  return {
    now: () => new Date(Date.now() + ahead),
    advance: (milliseconds: number) => void (ahead += milliseconds),
  }
}

const connectBadly = async (seed: number) => {
  const proxy = await proxyTo(own.variables, { seed, delayMilliseconds: 300, refusedMilliseconds: 150 })
  return { proxy, keystone: connectTo(proxy.variables, { answerMilliseconds: 1500, attempts: 2 }) }
}

/** A history of a customer of this name, so that tests don't meet. */
function historyOf(seed: number, customerId: string): TimedEvent[] {
  const base = readOrg('kubernetes-client')
  return makeHistory(base, { seed, rate: 0.7 }).map((event) => ({
    ...event,
    id: `${customerId}_${event.id}`,
    data: JSON.parse(JSON.stringify(event.data).replaceAll(/CLI\d{6}/g, customerId)),
  }))
}

it(
  'whatever fails or dies, Keystone ends equal, and nothing is assigned that was revoked when the run began',
  async () => {
    const { now, advance } = startClock()
    const { proxy, keystone } = await connectBadly(7)
    const followed = await startFollowed(engine, { keystone, now, advance, onStream: false })
    const random = new Random(11)
    const met = () => proxy.requests.flatMap(({ fault }) => fault ?? [])
    let killed = 0
    const customers = ['CLI000002']
    const history = historyOf(5, 'CLI000002')
    while (history.length > 0) {
      await followed.deliverEach(history.splice(0, 12))
      const seen = proxy.requests.length
      proxy.atRandom(0.3, kinds)
      for (let attempt = 0; attempt < 4; attempt++) {
        const life = mortal(keystone, followed.table, random.chance(0.5) ? random.below(60) : 1e9)
        await followed
          .worker(life.keystone, life.table)
          .sweep()
          .catch(() => undefined)
        if (life.isDead()) killed++
        advance(130_000)
      }
      proxy.atRandom(0, [])
      const asked = proxy.requests.slice(seen)
      expect(await wrongAssignments(asked, { table: followed.table, keystone: direct })).toEqual([])
      // What is done stays done: more is needed for more to go wrong.
      if (history.length === 0 && met().length < runs(100)) {
        const customerId = `CLJ${String(customers.length).padStart(6, '0')}`
        customers.push(customerId)
        history.push(...historyOf(1000 + customers.length, customerId))
      }
    }
    await followed.follow({ seconds: 120 })
    for (const customerId of customers) {
      const { should, is } = await compare(followed.table, direct, customerId)
      expect(is).toEqual(should)
    }
    expect(new Set(met()).size).toBeGreaterThanOrEqual(8)
    expect(killed).toBeGreaterThan(5)
    process.stdout.write(
      `${met().length} faults of ${new Set(met()).size} kinds, ${killed} kills, ${proxy.requests.length} requests\n`,
    )
  },
  runs(patience),
)

it(
  'many workers at once, that fail while everything changes, end equal',
  async () => {
    const { now, advance } = startClock()
    const { proxy, keystone } = await connectBadly(9)
    const followed = await startFollowed(engine, { keystone, now, advance })
    const other = 'CLI000003'
    const history = historyOf(6, other)
    const workers = [followed.openstack, followed.worker(), followed.worker(connectTo(own.variables))]
    proxy.atRandom(0.15, kinds)
    let isOver = false
    const sweeping = workers.map(async (worker) => {
      while (!isOver) {
        await worker.sweep().catch(() => undefined)
        advance(2_000)
        await new Promise((resolve) => void setTimeout(resolve, 20))
      }
    })
    for (let from = 0; from < history.length; from += 8) {
      await Promise.all(history.slice(from, from + 8).map((event) => followed.record(event)))
      await followed.statusOf(history[from]?.id ?? '')
    }
    isOver = true
    await Promise.all(sweeping)
    proxy.atRandom(0, [])
    await followed.follow({ seconds: 120 })
    const { should, is } = await compare(followed.table, direct, other)
    expect(is).toEqual(should)
  },
  patience,
)
