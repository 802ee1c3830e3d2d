import type { Customer } from '../../domain/entities/customer.ts'
import { type DomainError, fieldsError } from '../../domain/values/errors.ts'
import { addDays, type Instant } from '../../domain/values/instant.ts'
import type { Item, Versioned } from '../../table/item.ts'
import { keyText } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import { type DirectoryAt, directoryAt } from './directory-at.ts'
import { type Reading, readPast } from './read-past.ts'

/** `customer` was read before anything else. */
export type AccessQuestion = { table: Table; customer: Versioned<Customer>; time: Instant }

/** Days for which the audit trail tells who had access: removals leave a trace for as long. */
const daysOfAccess = 400

/** Throws `invalid-request` for a time that is yet to come, or too long ago. */
export function checkTime(time: Instant, now: Instant): void {
  if (time > now) throw invalidTime('must not be in the future')
  if (time < addDays(now, -daysOfAccess)) throw invalidTime(`must not be more than ${daysOfAccess} days ago`)
}

const invalidTime = (detail: string): DomainError =>
  fieldsError('invalid-request', [{ pointer: 'time', detail }], 'In the query: ')

/**
 * Reads the trail since the time, then with `readItems` the present items that the answer depends on, then what was
 * committed meanwhile. Returns `undefined` if the trail has more than a call reads. Throws `invalid-request` for a time
 * before the customer was.
 */
export async function readDirectory(
  { table, customer, time }: AccessQuestion,
  readItems: (past: Reading) => Promise<readonly (Item | undefined)[]>,
): Promise<DirectoryAt | undefined> {
  const reading = await readPast(table, customer.id, time)
  if (!reading) return undefined
  const items = await readItems(reading)
  await reading.catchUp()
  const directory = directoryAt(time, customer, reading, byKey(items))
  if (!directory.customer) throw invalidTime('must not be before the customer was created')
  return directory
}

const byKey = (items: readonly (Item | undefined)[]): ReadonlyMap<string, Item> =>
  new Map(items.filter((item) => item !== undefined).map((item) => [keyText(item), item]))
