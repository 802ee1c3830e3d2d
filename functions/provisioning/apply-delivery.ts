import type { Context, ChangePlan } from '../../shared/directory/change/change-plan.ts'
import { PendingDependency } from '../../shared/directory/change/pending-dependency.ts'
import { PrecedingChange } from '../../shared/directory/grants/restore-grants.ts'
import { DomainError, isStale } from '../../shared/domain/values/errors.ts'
import { addMilliseconds, instantOf } from '../../shared/domain/values/instant.ts'
import {
  waitingDeadlineOf,
  type Delivery,
  isSettled,
  stampOfDelivery,
} from '../../shared/provisioning/delivery.ts'
import { isRevokingEvent } from '../../shared/provisioning/event-types.ts'
import { asDelivery, deliveryItem } from '../../shared/provisioning/store.ts'
import { commit } from '../../shared/records/commit.ts'
import { retryDelay } from '../../shared/runtime/backoff.ts'
import type { Log } from '../../shared/runtime/log.ts'
import type { Versioned, Write } from '../../shared/table/item.ts'
import { type Key, keyText } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import { planEvent } from './plan-event.ts'
import { checkPolicy, type SourcePolicy } from './source-policy.ts'

export type ApplyOptions = {
  table: Table
  /** The present configuration. */
  sources: () => Record<string, SourcePolicy>
  customerIdPattern: RegExp
  /** True if OpenStack is on; off by default. */
  openstack?: boolean | undefined
  log: Log
}

/** Concurrent deliveries of the same items: the later one plans again with the result of the earlier one. */
const planAttempts = 25

/**
 * Moves one delivery, just `read` or read here, to its next state, together with its effects in one transaction.
 * Late, repeated or concurrent calls are safe: the delivery's own version is among the conditions.
 */
export async function applyDelivery(
  options: ApplyOptions,
  key: Key,
  read?: Versioned<Delivery>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const delivery = attempt === 1 && read ? read : asDelivery(await options.table.get(key))
    if (!delivery || !isOpen(delivery)) return
    try {
      await processDelivery(options, delivery)
      return
    } catch (error) {
      if (!isStale(error) || attempt === planAttempts) throw error
    }
  }
}

/** A revocation that failed for lack of its object still applies once that appears. */
function isOpen(delivery: Delivery): boolean {
  return !isSettled(delivery) || (delivery.status === 'failed' && delivery.dependsOn !== undefined)
}

async function processDelivery(options: ApplyOptions, delivery: Versioned<Delivery>): Promise<void> {
  const context = contextOf(options, delivery)
  try {
    checkPolicy(policyOf(options, delivery), delivery)
    await markProcessed(options, delivery, await planAfterAll(options, context, delivery))
  } catch (error) {
    if (!(error instanceof DomainError) || isStale(error)) throw error
    await postpone(options, delivery, error)
  }
}

/**
 * Commits preceding changes one by one until the event can be planned; after a failure the next attempt continues.
 */
async function planAfterAll(
  options: ApplyOptions,
  context: Context,
  delivery: Delivery,
): Promise<ChangePlan> {
  for (;;) {
    try {
      return await planEvent(context, delivery, options.customerIdPattern)
    } catch (error) {
      if (!(error instanceof PrecedingChange)) throw error
      await commit(options.table, error.change)
    }
  }
}

async function markProcessed(
  { table, log }: ApplyOptions,
  delivery: Versioned<Delivery>,
  plan: ChangePlan,
): Promise<void> {
  const done = afterAttempt(delivery, { status: plan.outcome })
  const write = { put: deliveryItem(done), expectedVersion: delivery.version }
  await (plan.change ? commit(table, plan.change, [write]) : table.transact([write]))
  logOutcome(log, done)
}

/** Lets the delivery wait if only the present state forbids it and there is time left; otherwise it fails. */
async function postpone(
  { table, log }: ApplyOptions,
  delivery: Versioned<Delivery>,
  error: DomainError,
): Promise<void> {
  const now = instantOf(table.now())
  const passing = error instanceof PendingDependency || error.code === 'unavailable'
  const waits = passing && now < waitingDeadlineOf(delivery)
  const staysOpen = waits || isRevokingEvent(delivery.type)
  const conditions: Write[] =
    error instanceof PendingDependency && staysOpen ? [error.condition, ...error.alongside] : []
  const dependsOn =
    conditions.length > 0 && error instanceof PendingDependency ? keyText(error.dependency.key) : undefined
  const stillWaits = delivery.status === 'waiting' && dependsOn === delivery.dependsOn
  const pauses = stillWaits ? (delivery.pauses ?? 0) + 1 : 0
  const reason = error.message
  const next = waits
    ? ({ status: 'waiting', nextAttemptAt: addMilliseconds(now, retryDelay(pauses)), pauses } as const)
    : ({ status: 'failed' } as const)
  const postponed = afterAttempt(delivery, { ...next, reason, dependsOn })
  await table.transact([{ put: deliveryItem(postponed), expectedVersion: delivery.version }, ...conditions])
  logOutcome(log, postponed)
}

/**
 * Schedules the next attempt after an internal error, later each time so that other deliveries aren't held up. After
 * a day the delivery fails, for an operator to see.
 */
export async function scheduleRetry({ table, log }: ApplyOptions, key: Key): Promise<void> {
  const delivery = asDelivery(await table.get(key))
  if (!delivery || isSettled(delivery)) return
  const now = instantOf(table.now())
  const { status, reason, dependsOn } = delivery
  const pauses = (delivery.pauses ?? 0) + 1
  const nextAttemptAt = addMilliseconds(now, retryDelay(pauses))
  const retried =
    now < waitingDeadlineOf(delivery)
      ? afterAttempt(delivery, { status, reason, nextAttemptAt, pauses, dependsOn })
      : afterAttempt(delivery, {
          status: 'failed',
          reason: 'an internal error kept it from being applied',
          dependsOn: isRevokingEvent(delivery.type) ? dependsOn : undefined,
        })
  await table.transact([{ put: deliveryItem(retried), expectedVersion: delivery.version }])
  logOutcome(log, retried)
}

type DeliveryUpdate = Pick<Delivery, 'status' | 'reason' | 'nextAttemptAt' | 'dependsOn' | 'pauses'>

function afterAttempt(
  delivery: Delivery,
  { status, reason, nextAttemptAt, dependsOn, pauses }: DeliveryUpdate,
): Delivery {
  return { ...delivery, status, reason, nextAttemptAt, dependsOn, pauses, attempts: delivery.attempts + 1 }
}

function contextOf({ table, openstack }: ApplyOptions, delivery: Delivery): Context {
  const actor = { kind: 'webhook', id: delivery.source } as const
  return {
    table,
    actor,
    stamp: stampOfDelivery(delivery),
    now: instantOf(table.now()),
    requestId: delivery.id,
    openstack,
  }
}

function policyOf({ sources }: ApplyOptions, { source }: Delivery): SourcePolicy | undefined {
  const configured = sources()
  return Object.hasOwn(configured, source) ? configured[source] : undefined
}

/** The reason isn't logged: it may name data of the customer. */
function logOutcome(log: Log, { source, id, type, customerId, status, attempts }: Delivery): void {
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
