import { expect, it } from 'vitest'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { makeHistory, shuffled } from '../../support/history.ts'
import { isLong, seed } from '../../support/long.ts'
import { orgs, readOrg } from '../../support/orgs.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { tenant, type TimedEvent } from '../../support/timeline.ts'

const engine = await startTestEngine()
const files = (isLong ? orgs : (['etcd-io'] as const)).map(readOrg)
const made = files.map((file, place) =>
  makeHistory(file, { seed: seed + place, rate: file.length > 1000 ? 0.5 : 1, closes: place % 2 === 1 }),
)

/** The exports of every customer in a fresh service after these deliveries, so many at once. */
async function exportsAfter(
  histories: readonly TimedEvent[][],
  arriving: readonly TimedEvent[],
  atOnce: number,
) {
  const service = await startProvisioned(engine)
  await service.deliverAll(arriving, atOnce)
  const exports = []
  for (const [first] of histories) {
    const customer = first && (await findCustomer(service.table, tenant(first)))
    exports.push(customer && (await exportCustomer(service.table, customer)))
  }
  expect(service.failures).toEqual([])
  await service.stop()
  return exports
}

it.each([
  ['the real organisations', files],
  ['histories made from them', made],
])(
  '%s export the same in order, one by one, and shuffled, many at once, some three times',
  async (_name, histories) => {
    const all = histories.flat()
    const straight = await exportsAfter(histories, all, 1)
    expect(straight.flat().length).toBeGreaterThan(100)
    expect(await exportsAfter(histories, shuffled(all, seed), 16)).toEqual(straight)
  },
  900_000,
)
