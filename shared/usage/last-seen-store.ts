import { keys, keyText } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import { type Sighting, startOfDay } from './last-seen.ts'

const writesAtOnce = 100

/**
 * Records that these users were seen, and returns how many writes it took: one per user and day, however many record it at the
 * same time. Deleted users are skipped.
 */
export async function recordSightings(table: Table, sightings: readonly Sighting[]): Promise<number> {
  const latest = new Map<string, Sighting>()
  for (const sighting of sightings) {
    const text = keyText(keys.user(sighting.customerId, sighting.userId))
    if (sighting.at > (latest.get(text)?.at ?? '')) latest.set(text, sighting)
  }
  const distinct = [...latest.values()]
  let writes = 0
  for (let place = 0; place < distinct.length; place += writesAtOnce) {
    const raised = await Promise.all(
      distinct.slice(place, place + writesAtOnce).map(({ customerId, userId, at: value }) =>
        table.setExistingIfGreater(keys.user(customerId, userId), {
          attribute: 'lastSeenAt',
          value,
          below: startOfDay(value),
        }),
      ),
    )
    writes += raised.filter(Boolean).length
  }
  return writes
}
