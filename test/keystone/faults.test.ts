import { expect, it } from 'vitest'
import { startTestEngine } from '../support/engine.ts'
import { makeHistory } from '../support/history.ts'
import { compare } from '../support/keystone/equal.ts'
import { type Fault, faults } from '../support/keystone/faults.ts'
import { startSync } from '../support/keystone/sync.ts'
import { crashingAfter } from '../support/keystone/crashing.ts'
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

/** A running clock that can be moved forward. */
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
  'after any failure or crash Keystone ends equal, and no role is assigned that was revoked when the run began',
  async () => {
    const { now, advance } = startClock()
    const { proxy, keystone } = await connectBadly(7)
    const sync = await startSync(engine, { keystone, now, advance, onStream: false })
    const random = new Random(11)
    const met = () => proxy.requests.flatMap(({ fault }) => fault ?? [])
    let killed = 0
    const customers = ['CLI000002']
    const history = historyOf(5, 'CLI000002')
    while (history.length > 0) {
      await sync.deliverEach(history.splice(0, 12))
      const seen = proxy.requests.length
      proxy.atRandom(0.3, kinds)
      for (let attempt = 0; attempt < 4; attempt++) {
        const life = crashingAfter(keystone, sync.table, random.chance(0.5) ? random.below(60) : 1e9)
        await sync
          .worker(life.keystone, life.table)
          .sweep()
          .catch(() => undefined)
        if (life.isDead()) killed++
        advance(130_000)
      }
      proxy.atRandom(0, [])
      const asked = proxy.requests.slice(seen)
      expect(await wrongAssignments(asked, { table: sync.table, keystone: direct })).toEqual([])
      // Completed steps stay: more changes are needed for more failures.
      if (history.length === 0 && met().length < runs(100)) {
        const customerId = `CLJ${String(customers.length).padStart(6, '0')}`
        customers.push(customerId)
        history.push(...historyOf(1000 + customers.length, customerId))
      }
    }
    await sync.untilSettled({ seconds: 120 })
    for (const customerId of customers) {
      const { expected: should, actual: is } = await compare(sync.table, direct, customerId)
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
  'concurrent workers that fail during changes end equal',
  async () => {
    const { now, advance } = startClock()
    const { proxy, keystone } = await connectBadly(9)
    const sync = await startSync(engine, { keystone, now, advance })
    const other = 'CLI000003'
    const history = historyOf(6, other)
    const workers = [sync.openstack, sync.worker(), sync.worker(connectTo(own.variables))]
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
      await Promise.all(history.slice(from, from + 8).map((event) => sync.record(event)))
      await sync.statusOf(history[from]?.id ?? '')
    }
    isOver = true
    await Promise.all(sweeping)
    proxy.atRandom(0, [])
    await sync.untilSettled({ seconds: 120 })
    const { expected: should, actual: is } = await compare(sync.table, direct, other)
    expect(is).toEqual(should)
  },
  patience,
)
