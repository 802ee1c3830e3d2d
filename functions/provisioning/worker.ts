import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda'
import { addMilliseconds, type Instant, instantOf } from '../../shared/domain/values/instant.ts'
import { type Delivery, isSettled } from '../../shared/provisioning/delivery.ts'
import { asDelivery, dueDeliveries, dependingOn } from '../../shared/provisioning/store.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { sweepDue } from '../../shared/table/due.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { type Key, keys as tableKeys, parseDeliveryKey } from '../../shared/table/keys.ts'
import { type ProcessOne, processBatch } from '../../shared/table/stream.ts'
import { applyDelivery, type ApplyOptions, scheduleRetry } from './apply-delivery.ts'

/** Deliveries applied at the same time by one invocation. */
const atOnce = 24
const createsCustomer = (type: string) => type === 'customer.created'
const createsWithin = (type: string) => !createsCustomer(type) && type.endsWith('.created')
const waves = [createsCustomer, createsWithin, (type: string) => !type.endsWith('.created')]

/** Applies recorded deliveries: told by the stream which items changed, and by the clock what is due. */
export function createProvisioning(options: ApplyOptions) {
  function onStream(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
    return processBatch(event, applyTold, (error) =>
      options.log('error', 'a stream record could not be worked off', { error: errorTrace(error) }),
    )
  }

  /** A delivery's key means apply it; any other item's, apply what waits for that item, oldest event first. */
  async function applyTold(keys: readonly Key[], attempt: ProcessOne): Promise<void> {
    const dependency = keys.filter((key) => !parseDeliveryKey(key))
    await Promise.all([
      applyRecorded(keys.filter(parseDeliveryKey), attempt),
      mapConcurrent(dependency, atOnce, (key) => attempt(key, () => applyWaiting(key))),
    ])
  }

  /** Things go before what names them, so that what arrived together needn't wait for itself. */
  async function applyRecorded(keys: Key[], attempt: ProcessOne) {
    const read = (await options.table.getMany(keys))
      .map(asDelivery)
      .filter((delivery) => delivery !== undefined)
    for (const isOfWave of waves) {
      const wave = read.filter(({ type }) => isOfWave(type))
      await mapConcurrent(wave, atOnce, (delivery) => {
        const key = tableKeys.delivery(delivery.source, delivery.id)
        return attempt(key, () => applyDelivery(options, key, delivery))
      })
    }
  }

  /** One that can't be worked off doesn't keep the others waiting; the stream hands the key out again. */
  async function applyWaiting(key: Key): Promise<void> {
    let failure: { error: unknown } | undefined
    for await (const waiting of dependingOn(options.table, key)) {
      await applyDelivery(options, waiting).catch((error: unknown) => {
        failure = { error }
      })
    }
    if (failure) throw failure.error
  }

  /**
   * What no trigger reached, and what waits and whose pause is over, or will be `ahead` milliseconds from now. Returns how
   * many were tried.
   */
  function sweep(ahead = 0): Promise<number> {
    const by = addMilliseconds(instantOf(options.table.now()), ahead)
    return sweepDue(
      (page) => dueDeliveries(options.table, page),
      by,
      async (keys) => {
        const due = await readDue(keys, by)
        await mapConcurrent(due, atOnce, applyDue)
        return due.length
      },
    )
  }

  /** The index may still show what has been tried a moment ago. */
  async function readDue(keys: readonly Key[], by: Instant) {
    const read = (await options.table.getMany(keys)).map(asDelivery)
    return read
      .filter((delivery) => delivery !== undefined)
      .filter((delivery) => !isSettled(delivery) && (delivery.nextAttemptAt ?? '') <= by)
  }

  async function applyDue(delivery: Versioned<Delivery>): Promise<void> {
    const { source, id } = delivery
    const key = tableKeys.delivery(source, id)
    try {
      await applyDelivery(options, key, delivery)
    } catch (error) {
      options.log('error', 'a due delivery could not be worked off', {
        source,
        deliveryId: id,
        error: errorTrace(error),
      })
      await scheduleRetry(options, key).catch(() => undefined)
    }
  }

  return { onStream, sweep }
}

export type Provisioning = ReturnType<typeof createProvisioning>
