import { type Level, levels } from '../domain/entities/role.ts'
import { grantKeyOf } from '../records/grants.ts'
import type { Item } from '../table/item.ts'
import { type Key, keys, keyText, parseUsageKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Day, LastUsage, Usage, UsageRecord } from './usage.ts'

/** Days for which a last use is kept. */
const keptDays = 400
/** Items read by one request, and written at the same time. */
const usagesAtOnce = 100

type UsageLevel = { key: Key; level: Level }

const keyOf = ({ customerId, userId, resource: { kind, id } }: Usage) =>
  keys.usage(customerId, userId, kind, id)

/**
 * Records that these grants were used on that day, and returns how many writes it took: one per grant, level and day, however
 * many record it at the same time, and none for an earlier day.
 */
export async function recordUsage(table: Table, usages: readonly Usage[], day: Day): Promise<number> {
  const all = usages.map((usage): UsageLevel => ({ key: keyOf(usage), level: usage.level }))
  const distinct = [...new Map(all.map((each) => [`${keyText(each.key)} ${each.level}`, each])).values()]
  let writes = 0
  for (let place = 0; place < distinct.length; place += usagesAtOnce)
    writes += await raiseDays(table, distinct.slice(place, place + usagesAtOnce), day)
  return writes
}

/** Expiry, in seconds since the epoch, of usage recorded now. */
export const usageTtl = (now: Date): number => Math.floor(now.getTime() / 1000) + keptDays * 86_400

async function raiseDays(table: Table, usages: readonly UsageLevel[], day: Day): Promise<number> {
  const items = await table.getMany(usages.map(({ key }) => key))
  const older = usages.filter(({ level }, place) => (lastUsageOf(items[place])[level] ?? '') < day)
  const ttl = usageTtl(table.now())
  const raised = await Promise.all(
    older.map(({ key, level }) => table.setIfGreater(key, { attribute: level, value: day, ttl })),
  )
  return raised.filter(Boolean).length
}

/**
 * Lists a user's usage by `project/<id>` and `server/<id>`, in one Query a megabyte. Eventually consistent, at half the read
 * units: it may miss usage recorded a moment ago.
 */
export async function listUsage(
  table: Table,
  customerId: string,
  userId: string,
): Promise<ReadonlyMap<string, UsageRecord>> {
  const { pk: partition } = keys.usage(customerId, userId, 'project', '')
  const usage = new Map<string, UsageRecord>()
  for await (const item of table.queryAll({ partition, eventually: true })) {
    const key = parseUsageKey(item)
    if (key) usage.set(grantKeyOf(key.resource), asUsageRecord(item))
  }
  return usage
}

function asUsageRecord(item: Item): UsageRecord {
  const { reviewedAt, reviewedIn } = item as Item & UsageRecord
  return { lastUse: lastUsageOf(item), reviewedAt, reviewedIn }
}

function lastUsageOf(item: Item | undefined): LastUsage {
  const known = levels.map((level) => [level, item?.[level]] as const)
  return Object.fromEntries(known.filter((each): each is [Level, Day] => typeof each[1] === 'string'))
}
