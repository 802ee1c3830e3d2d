import { expect, test } from 'vitest'
import { startTestEngine } from '../../support/engine.ts'
import { isLong } from '../../support/long.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { orders, tell } from './arrivals.ts'
import type { DirectoryView } from './directory-view.ts'
import { customer } from './scene.ts'

/** Events of a customer, its parts that are compared in the end, and states other than `applied` by id. */
export type Row = [
  name: string,
  events: TimedEvent[],
  expected: Partial<DirectoryView>,
  states?: Record<string, string>,
]

/**
 * Tests that each row ends as expected in the order of its timestamps, and is what the oracle expects at any moment in
 * other orders of arrival, with and without a clean-up; with `straight`, the others in a long run only.
 */
export async function testStories(rows: readonly Row[], straight?: 'straight') {
  const engine = await startTestEngine()
  const services = [
    await startProvisioned(engine),
    await startProvisioned(engine, { cleansUp: false }),
  ] as const
  test.each(rows)('%s', async (_name, events, expected, states = {}) => {
    const arrivals = straight && !isLong ? [] : orders(events)
    const told = await tell(services, [customer.created], events, arrivals)
    expect(told.differences).toEqual([])
    for (const [part, value] of Object.entries(expected)) expect(told.view).toHaveProperty(part, value)
    expect(told.states).toEqual(events.map(({ id }) => states[id] ?? 'applied'))
    expect(told.failures).toEqual([])
  })
}
