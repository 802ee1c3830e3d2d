import type { Instant } from '../../shared/domain/values/instant.ts'
import { type Delivery, isSettled } from '../../shared/provisioning/delivery.ts'
import { asDelivery, dueDeliveries, dependingOn } from '../../shared/provisioning/store.ts'
import { mapConcurrent } from '../../shared/runtime/concurrency.ts'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import { sweepDue } from '../../shared/table/due.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { type Key, keys as tableKeys, parseDeliveryKey } from '../../shared/table/keys.ts'
import type { ProcessOne } from '../../shared/table/stream.ts'
import { createWorker, type Worker } from '../../shared/table/worker.ts'
import { applyDelivery, type ApplyOptions, scheduleRetry } from './apply-delivery.ts'

/** Deliveries applied at the same time by one invocation. */
const concurrency = 24
const createsCustomer = (type: string) => type === 'customer.created'
const createsWithin = (type: string) => !createsCustomer(type) && type.endsWith('.created')
const waves = [createsCustomer, createsWithin, (type: string) => !type.endsWith('.created')]

/** Applies recorded deliveries, and those that wait for an item that has changed or whose next attempt is due. */
export function createProvisioning(options: ApplyOptions): Worker {
  const { table, log } = options

  /** A delivery's key applies that delivery; the key of any other item applies the deliveries that wait for the item. */
  async function process(keys: readonly Key[], attempt: ProcessOne): Promise<void> {
    const dependencies = keys.filter((key) => !parseDeliveryKey(key))
    await Promise.all([
      applyRecorded(keys.filter(parseDeliveryKey), attempt),
      mapConcurrent(dependencies, concurrency, (key) => attempt(key, () => applyWaiting(key))),
    ])
  }

  /** Creations go before the events that name them, so that deliveries that arrived together needn't wait for each other. */
  async function applyRecorded(keys: Key[], attempt: ProcessOne): Promise<void> {
    const deliveries = await readDeliveries(keys)
    for (const isOfWave of waves) {
      const wave = deliveries.filter(({ type }) => isOfWave(type))
      await mapConcurrent(wave, concurrency, (delivery) => {
        const key = keyOf(delivery)
        return attempt(key, () => applyDelivery(options, key, delivery))
      })
    }
  }

  /** Oldest event first. A failure doesn't stop the others; the stream retries the key. */
  async function applyWaiting(key: Key): Promise<void> {
    let failure: { error: unknown } | undefined
    for await (const waiting of dependingOn(table, key)) {
      await applyDelivery(options, waiting).catch((error: unknown) => {
        failure = { error }
      })
    }
    if (failure) throw failure.error
  }

  /** A failure doesn't fail the sweep: the delivery gets a next attempt of its own. */
  async function processDue(
    keys: readonly Key[],
    _attempt: ProcessOne,
    { by }: { by: Instant },
  ): Promise<number> {
    // The index may still list deliveries that have been tried a moment ago.
    const due = (await readDeliveries(keys)).filter((delivery) => isDue(delivery, by))
    await mapConcurrent(due, concurrency, applyDue)
    return due.length
  }

  async function applyDue(delivery: Versioned<Delivery>): Promise<void> {
    const key = keyOf(delivery)
    try {
      await applyDelivery(options, key, delivery)
    } catch (error) {
      const { source, id: deliveryId } = delivery
      log('error', 'a due delivery could not be processed', { source, deliveryId, error: errorTrace(error) })
      await scheduleRetry(options, key).catch(() => undefined)
    }
  }

  async function readDeliveries(keys: readonly Key[]): Promise<Versioned<Delivery>[]> {
    return (await table.getMany(keys)).map(asDelivery).filter((delivery) => delivery !== undefined)
  }

  return createWorker({
    now: table.now,
    log,
    subject: 'delivery',
    process,
    due: (by, work) => sweepDue((page) => dueDeliveries(table, page), by, work),
    processDue,
  })
}

const keyOf = ({ source, id }: Delivery): Key => tableKeys.delivery(source, id)

const isDue = (delivery: Delivery, by: Instant): boolean =>
  !isSettled(delivery) && (delivery.nextAttemptAt ?? '') <= by
