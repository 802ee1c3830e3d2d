import { setImmediate, setTimeout } from 'node:timers/promises'
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { DomainError } from '../domain/values/errors.ts'
import type { Item } from './item.ts'
import { type Key, keyText } from './keys.ts'

const keysPerRequest = 100
const concurrency = 2

type PendingRead = {
  key: Key
  waiting: ((item: Item | undefined) => void)[]
  failed: ((error: unknown) => void)[]
}

/**
 * Reads by key, strongly consistent or not. Keys requested at the same time go out as one BatchGetItem, and while requests
 * are under way further keys gather, so that a worker with many deliveries makes few requests. A read never joins a
 * request that was sent before it.
 */
export function createReads(
  documents: DynamoDBDocumentClient,
  table: string,
  { consistent: ConsistentRead }: { consistent: boolean },
) {
  let pending = new Map<string, PendingRead>()
  let underWay = 0

  function get(key: Key): Promise<Item | undefined> {
    return new Promise((resolve, reject) => {
      const text = keyText(key)
      const entry = pending.get(text) ?? { key, waiting: [], failed: [] }
      entry.waiting.push(resolve)
      entry.failed.push(reject)
      pending.set(text, entry)
      if (underWay < concurrency) void send()
    })
  }

  async function send(): Promise<void> {
    underWay++
    await setImmediate()
    while (pending.size > 0) await sendBatch()
    underWay--
  }

  async function sendBatch(): Promise<void> {
    const batch = [...pending.values()].slice(0, keysPerRequest)
    pending = new Map([...pending].slice(keysPerRequest))
    try {
      const found = await fetch(batch.map(({ key }) => key))
      for (const { key, waiting } of batch) for (const resolve of waiting) resolve(found.get(keyText(key)))
    } catch (error) {
      for (const { failed } of batch) for (const reject of failed) reject(error)
    }
  }

  async function fetch(wanted: Key[]): Promise<Map<string, Item>> {
    const found = new Map<string, Item>()
    let left: Record<string, unknown>[] = wanted
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt > 0) await setTimeout(Math.random() * Math.min(1_000, 20 * 2 ** attempt))
      const answer = await documents.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead } } }),
      )
      for (const item of (answer.Responses?.[table] ?? []) as Item[]) found.set(keyText(item), item)
      left = answer.UnprocessedKeys?.[table]?.Keys ?? []
      if (left.length > 0 && attempt > 10) throw overloaded()
    }
    return found
  }

  return {
    get,
    getMany: (wanted: readonly Key[]): Promise<(Item | undefined)[]> => Promise.all(wanted.map(get)),
  }
}

const overloaded = () =>
  new DomainError('unavailable', 'The database has too much to do just now; try again.')
