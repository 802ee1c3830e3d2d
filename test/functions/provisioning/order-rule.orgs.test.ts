import { describe, expect, it } from 'vitest'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { makeHistory, shuffled } from '../../support/history.ts'
import { isLong, runs } from '../../support/long.ts'
import { orgs, readOrg } from '../../support/orgs.ts'
import { type Provisioned, startProvisioned } from '../../support/provisioned.ts'
import { tenant, type TimedEvent } from '../../support/timeline.ts'

const engine = await startTestEngine()
const files = (isLong ? orgs : (['kubernetes-client'] as const)).map(readOrg)

/** The exports of every customer in a fresh service after these deliveries. */
async function exportAfter(
  deliver: (service: Provisioned) => Promise<void>,
  histories: readonly TimedEvent[][],
) {
  const service = await startProvisioned(engine)
  await deliver(service)
  const exports = []
  for (const [first] of histories) {
    const customer = first && (await findCustomer(service.table, tenant(first)))
    exports.push(customer && (await exportCustomer(service.table, customer)))
  }
  expect(service.failures).toEqual([])
  await service.stop()
  return exports
}

describe('the real organisations', () => {
  it('export the same when sent twice and then shuffled, and when shuffled from the start', async () => {
    const all = files.flat()
    const straight = await exportAfter((service) => service.deliverAll(all, 1), files)
    const repeated = await exportAfter(async (service) => {
      for (const file of files) for (const time of [1, 2]) await service.deliverAll(file, 8 * time)
      await service.deliverAll(shuffled(all, 1))
    }, files)
    const mixed = await exportAfter((service) => service.deliverAll(shuffled(all, 2)), files)
    expect(repeated).toEqual(straight)
    expect(mixed).toEqual(straight)
  }, 900_000)
})

describe('histories made from them', () => {
  const seeds = Array.from({ length: runs(1, 2) }, (_, index) => index + 1)
  it.each(seeds)(
    'export the same in order and shuffled (seed %i)',
    async (seed) => {
      const base = files[seed % files.length] ?? []
      const rate = base.length > 1000 ? 0.5 : 2
      const history = makeHistory(base, { seed, rate, closes: seed % 2 === 0 })
      const straight = await exportAfter((service) => service.deliverAll(history, 1), [history])
      const mixed = await exportAfter((service) => service.deliverAll(shuffled(history, seed)), [history])
      expect(mixed).toEqual(straight)
    },
    900_000,
  )
})
