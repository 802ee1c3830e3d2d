import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { mapAtOnce } from '../../shared/directory/at-once.ts'
import { addMilliseconds, instantOf } from '../../shared/domain/instant.ts'
import { asDelivery, dueDeliveries, waitingFor } from '../../shared/table/deliveries.ts'
import type { Key } from '../../shared/table/keys.ts'
import { keyText, parseDeliveryKey, keys as tableKeys } from '../../shared/table/keys.ts'
import type { ApplyOptions } from './apply-delivery.ts'
import { applyDelivery } from './apply-delivery.ts'

/** Deliveries applied at the same time by one invocation. */
const atOnce = 24
const createsCustomer = (type: string) => type === 'customer.created'
const createsWithin = (type: string) => !createsCustomer(type) && type.endsWith('.created')
const waves = [createsCustomer, createsWithin, (type: string) => !type.endsWith('.created')]
const sweepPage = 200
const sweepPages = 5

/** Applies recorded deliveries: told by the stream which items changed, and by the clock what is due. */
export function createProvisioning(options: ApplyOptions) {
  /**
   * Keys only: a delivery's means apply it; any other item's, apply what waits for that item, oldest event first.
   * Fails from the first record that could not be worked off; the stream hands it out again from there.
   */
  async function onStream({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    const keys = [...new Map(Records.map(keyOf).map((key) => [keyText(key), key])).values()]
    const failed = new Set<string>()
    const attempt = async (key: Key, work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        failed.add(keyText(key))
        options.log('error', 'a stream record could not be worked off', { error: nameOf(error) })
      }
    }
    const awaited = keys.filter((key) => !parseDeliveryKey(key))
    await Promise.all([
      applyRecorded(keys.filter(parseDeliveryKey), attempt),
      mapAtOnce(awaited, atOnce, (key) => attempt(key, () => applyWaiting(key))),
    ])
    const first = Records.find((record) => failed.has(keyText(keyOf(record))))
    const itemIdentifier = first?.dynamodb?.SequenceNumber
    return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] }
  }

  /** Things go before what names them, so that what arrived together needn't wait for itself. */
  async function applyRecorded(keys: Key[], attempt: (key: Key, work: () => Promise<void>) => Promise<void>) {
    const read = (await options.table.getMany(keys))
      .map(asDelivery)
      .filter((delivery) => delivery !== undefined)
    for (const isOfWave of waves) {
      const wave = read.filter(({ type }) => isOfWave(type))
      await mapAtOnce(wave, atOnce, (delivery) => {
        const key = tableKeys.delivery(delivery.source, delivery.id)
        return attempt(key, () => applyDelivery(options, key, delivery))
      })
    }
  }

  async function applyWaiting(key: Key): Promise<void> {
    for await (const waiting of waitingFor(options.table, key)) await applyDelivery(options, waiting)
  }

  /**
   * What no trigger reached, and what waits and whose pause is over, or will be `ahead` milliseconds from now. Returns how
   * many were tried.
   */
  async function sweep(ahead = 0): Promise<number> {
    const by = addMilliseconds(instantOf(options.table.now()), ahead)
    const failures: unknown[] = []
    let count = 0
    for (let page = 0; page < sweepPages; page++) {
      const due = await dueDeliveries(options.table, by, sweepPage)
      await mapAtOnce(due, atOnce, (key) =>
        applyDelivery(options, key).catch((error: unknown) => void failures.push(error)),
      )
      count += due.length
      if (due.length < sweepPage) break
    }
    if (failures.length > 0) {
      const error = nameOf(failures[0])
      options.log('error', 'due deliveries could not be worked off', { count: failures.length, error })
    }
    return count
  }

  return { onStream, sweep }
}

export type Provisioning = ReturnType<typeof createProvisioning>

function keyOf({ dynamodb }: DynamoDBRecord): Key {
  const { pk, sk } = dynamodb?.Keys ?? {}
  if (pk?.S === undefined || sk?.S === undefined) throw new Error('a stream record has no keys of this table')
  return { pk: pk.S, sk: sk.S }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'unknown')
