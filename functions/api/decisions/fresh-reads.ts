import type { Context } from 'hono'
import * as v from 'valibot'
import {
  hasSeen,
  isReplicated,
  type SealedState,
  type WrittenItem,
} from '../../../shared/auth/consistency-token.ts'
import { validate } from '../../../shared/domain/values/validate.ts'
import type { Item } from '../../../shared/table/item.ts'
import type { Key } from '../../../shared/table/keys.ts'
import type { TableReads } from '../../../shared/table/table.ts'
import type { ApiDeps } from '../authorization/deps.ts'

/** How new the facts of a decision have to be. */
export type Freshness =
  | { consistent: true }
  /** `atLeast`: the state that nothing may be older than; absent: any recent one. */
  | { consistent: false; atLeast?: SealedState }

const strong: Freshness = { consistent: true }

/** Query parameter of decisions. */
export const consistency = v.pipe(
  v.optional(v.picklist(['strong', 'eventual'], 'must be strong or eventual')),
  v.description('`eventual`: reads cost half, and may miss a change of the last second or so.'),
)

/**
 * The freshness that a request asks for. Eventually consistent reads are a choice, and with a token they have to be as new
 * as its change. One that isn't of this customer, or whose change may not have reached every replica, needs strong reads.
 * Throws `invalid-request`.
 */
export function freshnessOf(
  { consistency: tokens, now }: Pick<ApiDeps, 'consistency' | 'now'>,
  c: Context,
  customerId: string,
): Freshness {
  const [chosen, ...more] = c.req.queries('consistency') ?? []
  const query = more.length > 0 ? { consistency: more } : { consistency: chosen }
  if (validate(v.object({ consistency }), query).consistency !== 'eventual') return strong
  const token = c.req.header('x-consistency-token')
  if (token === undefined) return { consistent: false }
  const atLeast = tokens.open(customerId, token)
  return atLeast && isReplicated(atLeast, now()) ? { consistent: false, atLeast } : strong
}

/**
 * Does the work with reads of that freshness. If eventually consistent ones turn out to be older than the token, the work
 * is done again with strong reads, whatever came of it.
 */
export async function withFreshReads<T>(
  table: TableReads & { eventual: TableReads },
  freshness: Freshness,
  work: (reads: TableReads) => Promise<T>,
): Promise<T> {
  if (freshness.consistent) return work(table)
  const { atLeast } = freshness
  if (!atLeast) return work(table.eventual)
  const { reads, seen } = recording(table.eventual)
  const [result] = await Promise.allSettled([work(reads)])
  if (!hasSeen(seen, atLeast)) return work(table)
  if (result.status === 'rejected') throw result.reason
  return result.value
}

/** Reads that record the versions that they return. */
function recording(reads: TableReads) {
  const items: WrittenItem[] = []
  const partitions = new Set<string>()
  const see = ({ pk, sk }: Key, item: Item | undefined) => {
    items.push({ pk, sk, version: item?.version ?? 0 })
    return item
  }
  const get = async (key: Key) => see(key, await reads.get(key))
  return {
    seen: { items, partitions },
    reads: {
      ...reads,
      get,
      getMany: (keys: readonly Key[]) => Promise.all(keys.map(get)),
      async *queryAll(query: Parameters<TableReads['queryAll']>[0]) {
        for await (const item of reads.queryAll(query)) {
          see(item, item)
          yield item
        }
        partitions.add(query.partition)
      },
    },
  }
}
