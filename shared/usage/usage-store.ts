import { type Level, levels } from '../domain/entities/role.ts'
import { grantKeyOf } from '../records/grants.ts'
import type { Item } from '../table/item.ts'
import { type Key, keys, keyText, parseUsageKey } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Day, LastUsage, Usage, UsageRecord } from './usage.ts'

/** Days that a last use is remembered. */
const rememberedDays = 400
/** What is read by one request, and written at the same time. */
const usesAtOnce = 100

type Wanted = { key: Key; level: Level }

const keyOf = ({ customerId, userId, resource: { kind, id } }: Usage) =>
  keys.usage(customerId, userId, kind, id)

/**
 * Remembers that these were made use of on that day; returns how many writes it took. Each takes one a day, whoever else
 * records it at the same time, and a day before the last one none.
 */
export async function recordUsage(table: Table, uses: readonly Usage[], day: Day): Promise<number> {
  const wanted = uses.map((use): Wanted => ({ key: keyOf(use), level: use.level }))
  const distinct = [...new Map(wanted.map((each) => [`${keyText(each.key)} ${each.level}`, each])).values()]
  let writes = 0
  for (let place = 0; place < distinct.length; place += usesAtOnce)
    writes += await raiseDays(table, distinct.slice(place, place + usesAtOnce), day)
  return writes
}

/** Seconds since the epoch at which what is said of a use now may be forgotten. */
export const usageTtl = (now: Date): number => Math.floor(now.getTime() / 1000) + rememberedDays * 86_400

async function raiseDays(table: Table, wanted: readonly Wanted[], day: Day): Promise<number> {
  const items = await table.getMany(wanted.map(({ key }) => key))
  const older = wanted.filter(({ level }, place) => (lastUsageOf(items[place])[level] ?? '') < day)
  const ttl = usageTtl(table.now())
  const raised = await Promise.all(
    older.map(({ key, level }) => table.setIfGreater(key, { attribute: level, value: day, ttl })),
  )
  return raised.filter(Boolean).length
}

/**
 * All that a user made use of, by `project/<id>` and `server/<id>`, in one Query a megabyte. At half the read units of a
 * strong one: it may miss what was recorded a moment ago.
 */
export async function listUsage(
  table: Table,
  customerId: string,
  userId: string,
): Promise<ReadonlyMap<string, UsageRecord>> {
  const { pk: partition } = keys.usage(customerId, userId, 'project', '')
  const uses = new Map<string, UsageRecord>()
  for await (const item of table.queryAll({ partition, eventually: true })) {
    const use = parseUsageKey(item)
    if (use) uses.set(grantKeyOf(use.resource), asUsageRecord(item))
  }
  return uses
}

function asUsageRecord(item: Item): UsageRecord {
  const { reviewedAt, reviewedIn } = item as Item & UsageRecord
  return { lastUse: lastUsageOf(item), reviewedAt, reviewedIn }
}

function lastUsageOf(item: Item | undefined): LastUsage {
  const known = levels.map((level) => [level, item?.[level]] as const)
  return Object.fromEntries(known.filter((each): each is [Level, Day] => typeof each[1] === 'string'))
}
