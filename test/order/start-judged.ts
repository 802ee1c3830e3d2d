import type { TestEngine } from '../support/open-engine.ts'
import { startProvisioned } from '../support/provisioned.ts'
import type { TimedEvent } from '../support/timeline.ts'
import type { Judged } from './judge.ts'
import { act, isByPerson } from './people.ts'

/**
 * The service on a table of its own. With a `start`, time begins then and passes with the events, one after the
 * other; without, deliveries arrive at once.
 */
export async function startJudged(
  engine: TestEngine,
  start?: string,
  cleansUp = true,
): Promise<Judged & { stop: () => Promise<void> }> {
  let clock = start
  const now = () => (clock === undefined ? new Date() : new Date(clock))
  const provisioned = await startProvisioned(engine, { now, cleansUp })
  const { table, failures, stop } = provisioned

  async function happen(event: TimedEvent): Promise<void> {
    if (clock !== undefined && event.timestamp > clock) clock = event.timestamp
    await (isByPerson(event) ? act(table, event) : provisioned.record(event))
    await provisioned.settle()
  }

  async function happenEach(events: readonly TimedEvent[]): Promise<void> {
    for (const event of events) await happen(event)
  }

  return { table, failures, deliverAll: start === undefined ? provisioned.deliverAll : happenEach, stop }
}
