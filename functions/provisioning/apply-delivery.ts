import { Awaiting } from '../../shared/directory/awaiting.ts'
import type { Context, Plan } from '../../shared/directory/context.ts'
import type { Delivery } from '../../shared/domain/delivery.ts'
import { deadlineOf, isSettled, pauseAfter, stampOfDelivery } from '../../shared/domain/delivery.ts'
import { DomainError } from '../../shared/domain/errors.ts'
import { addMilliseconds, instantOf } from '../../shared/domain/instant.ts'
import type { Log } from '../../shared/domain/log.ts'
import { commit } from '../../shared/table/commit.ts'
import { asDelivery, deliveryItem } from '../../shared/table/deliveries.ts'
import type { Versioned } from '../../shared/table/item.ts'
import type { Key } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import { planEvent } from './plan-event.ts'
import type { SourcePolicy } from './source-policy.ts'
import { checkPolicy } from './source-policy.ts'

export type ApplyOptions = {
  table: Table
  sources: Record<string, SourcePolicy>
  customerIdPattern: RegExp
  log: Log
}

/** Two deliveries at the same items: the later one plans again on what the earlier one made. */
const planAttempts = 25

/**
 * Brings one delivery, as it was just `read` or as it is, to its next state, its effects and its state in one transaction. Running it again, late or at the
 * same time as another changes nothing: the delivery's own version is among the conditions.
 */
export async function applyDelivery(
  options: ApplyOptions,
  key: Key,
  read?: Versioned<Delivery>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const delivery = attempt === 1 && read ? read : asDelivery(await options.table.get(key))
    if (!delivery || isSettled(delivery)) return
    try {
      await settle(options, delivery)
      return
    } catch (error) {
      if (!isStale(error) || attempt === planAttempts) throw error
    }
  }
}

async function settle(options: ApplyOptions, delivery: Versioned<Delivery>): Promise<void> {
  const context = contextOf(options.table, delivery)
  try {
    checkPolicy(policyOf(options, delivery), delivery)
    const plan = await planEvent(context, delivery, options.customerIdPattern)
    await conclude(options, delivery, plan)
  } catch (error) {
    if (!(error instanceof DomainError) || isStale(error)) throw error
    await postpone(options, delivery, error, context)
  }
}

async function conclude(
  { table, log }: ApplyOptions,
  delivery: Versioned<Delivery>,
  plan: Plan,
): Promise<void> {
  const done = tried(delivery, { status: plan.outcome, reason: undefined, nextAttemptAt: undefined })
  const write = { put: deliveryItem(done), was: delivery.version }
  await (plan.change ? commit(table, plan.change, [write]) : table.transact([write]))
  tell(log, done)
}

/** Waits while only the present state forbids it and there's time left; otherwise it has failed. */
async function postpone(
  { table, log }: ApplyOptions,
  delivery: Versioned<Delivery>,
  refusal: DomainError,
  { now }: Context,
): Promise<void> {
  const waits = refusal instanceof Awaiting && now < deadlineOf(delivery)
  if (!waits) {
    const failed = tried(delivery, { status: 'failed', reason: refusal.message, nextAttemptAt: undefined })
    await table.transact([{ put: deliveryItem(failed), was: delivery.version }])
    tell(log, failed)
    return
  }
  const waiting = tried(delivery, {
    status: 'waiting',
    reason: refusal.message,
    nextAttemptAt: addMilliseconds(now, pauseAfter(delivery.attempts + 1)),
  })
  await table.transact([
    { put: deliveryItem(waiting, refusal.awaited.key), was: delivery.version },
    refusal.hold,
    ...refusal.alongside,
  ])
  tell(log, waiting)
}

function tried(delivery: Delivery, outcome: Pick<Delivery, 'status' | 'reason' | 'nextAttemptAt'>): Delivery {
  return { ...delivery, ...outcome, attempts: delivery.attempts + 1 }
}

function contextOf(table: Table, delivery: Delivery): Context {
  const actor = { kind: 'webhook', id: delivery.source } as const
  return {
    table,
    actor,
    stamp: stampOfDelivery(delivery),
    now: instantOf(table.now()),
    requestId: delivery.id,
  }
}

function policyOf({ sources }: ApplyOptions, { source }: Delivery): SourcePolicy | undefined {
  return Object.hasOwn(sources, source) ? sources[source] : undefined
}

const isStale = (error: unknown) => error instanceof DomainError && error.code === 'stale'

/** The reason stays with the delivery: it may name what belongs to the customer. */
function tell(log: Log, { source, id, type, customerId, status, attempts }: Delivery): void {
  const level = status === 'failed' ? 'warn' : 'info'
  log(level, 'delivery', {
    source,
    deliveryId: id,
    eventType: type,
    customerId,
    deliveryStatus: status,
    attempts,
  })
}
