import { randomUUID } from 'node:crypto'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { listForDomain } from '../../../shared/openstack/plan/find.ts'
import { findFullSync, type FullSync, fullSyncItem } from '../../../shared/openstack/sync/full-sync-store.ts'
import { listCustomers, positionOf } from '../../../shared/records/customers.ts'
import { isLeasedByOther, leaseFrom } from '../../../shared/runtime/lease.ts'
import { nextVersion, type Version, type Versioned, versionOf } from '../../../shared/table/item.ts'
import { isTimeUp, type OpenStackDeps } from '../run/deps.ts'
import { type SharedLists, shareLists } from '../run/shared-lists.ts'
import { checkCustomer } from './check-customer.ts'
import type { DriftMode } from './handle-drift.ts'

/** Milliseconds from the start of one full sync to the next one's. */
const interval = 3_600_000
/** Milliseconds in which a page of customers should be done: then another invocation may continue. */
const leaseDuration = 15 * 60_000
/** The lists of a whole domain are long; a difference is computed again with new ones before anything is written. */
const listsMaxAge = 60_000
const customersPerPage = 10

type FullSyncOptions = {
  mode: DriftMode
  /** In milliseconds; the next call continues. */
  time: number
  /** Starts a new full sync, however recent the last one is. */
  now?: boolean | undefined
}

/**
 * Continues the full sync, or starts the next one if it is due; returns undefined if none is, or another invocation has the
 * lease. The state is in the table, so that a missed or additional call does no harm.
 */
export async function continueFullSync(
  deps: OpenStackDeps,
  options: FullSyncOptions,
): Promise<FullSync | undefined> {
  const id = randomUUID()
  try {
    const begun = await begin(deps, id, options)
    if (!begun) return undefined
    try {
      return await checkUntilTimeIsUp(deps, begun, options)
    } finally {
      await releaseLease(deps, id)
    }
  } catch (error) {
    if (isStale(error)) return undefined
    throw error
  }
}

async function begin({ table }: OpenStackDeps, id: string, { now: atOnce }: FullSyncOptions) {
  const found = await findFullSync(table)
  const now = instantOf(table.now())
  if (isLeasedByOther(found?.lease, id, now)) return undefined
  const isNew = !found || found.endedAt !== undefined
  if (found?.endedAt && !atOnce && now < addMilliseconds(found.startedAt, interval)) return undefined
  const fresh = { startedAt: now, projects: 0, drift: 0, last: found?.last }
  const lease = leaseFrom(id, now, leaseDuration)
  return saveFullSync(table, { ...(isNew ? fresh : found), lease }, versionOf(found))
}

async function checkUntilTimeIsUp(
  deps: OpenStackDeps,
  begun: Versioned<FullSync>,
  { mode, time }: FullSyncOptions,
): Promise<FullSync> {
  const { table, keystone, mapping } = deps
  const lists = shareLists({
    read: () => listForDomain(keystone, mapping),
    now: table.now,
    maxAge: listsMaxAge,
  })
  const now = () => instantOf(table.now())
  const until = addMilliseconds(now(), time)
  let fullSync = begun
  let isFirst = true
  do {
    fullSync = await checkNextPage(deps, fullSync, { lists, mode, isFirst })
    isFirst = false
  } while (!fullSync.endedAt && now() < until && !isTimeUp(deps, now()))
  return fullSync
}

type Page = { lists: SharedLists; mode: DriftMode; isFirst: boolean }

/** Checks a page of customers and saves the checkpoint. */
async function checkNextPage(deps: OpenStackDeps, fullSync: Versioned<FullSync>, page: Page) {
  const { table } = deps
  const customers = await listCustomers(table, { limit: customersPerPage, after: fullSync.after })
  const { isCut, after, ...counts } = await checkCustomers(deps, customers.items, fullSync, page)
  const now = instantOf(table.now())
  const lease = fullSync.lease && leaseFrom(fullSync.lease.id, now, leaseDuration)
  const next = { ...fullSync, ...counts, lease, after: isCut ? after : customers.next }
  if (isCut || customers.next) return saveFullSync(table, next, fullSync.version)
  const last = { startedAt: fullSync.startedAt, endedAt: now, ...counts }
  return saveFullSync(table, { ...next, endedAt: now, last }, fullSync.version)
}

/** `isCut`: time ran out, and the checkpoint is `after`. */
async function checkCustomers(
  deps: OpenStackDeps,
  customers: Awaited<ReturnType<typeof listCustomers>>['items'],
  fullSync: FullSync,
  { lists, mode, isFirst }: Page,
) {
  const reportedBefore = fullSync.last?.reported ?? {}
  let { projects, drift, after } = fullSync
  let reported = { ...fullSync.reported }
  let isCut = false
  for (const [index, customer] of customers.entries()) {
    const checked = await checkCustomer(deps, customer, lists, { mode, reportedBefore })
    reported = { ...reported, ...checked.reported }
    isCut = isTimeUp(deps, instantOf(deps.table.now()))
    // The next call checks this customer again. A customer who needs all the time is skipped, so that others get theirs.
    if (isCut && !(isFirst && index === 0)) break
    projects += checked.projects
    drift += checked.drift
    after = positionOf(customer)
    if (isCut) break
  }
  return { projects, drift, reported, after, isCut }
}

async function releaseLease({ table }: OpenStackDeps, id: string): Promise<void> {
  const fullSync = await findFullSync(table)
  if (fullSync?.lease?.id === id)
    await saveFullSync(table, { ...fullSync, lease: undefined }, fullSync.version)
}

async function saveFullSync(
  table: OpenStackDeps['table'],
  fullSync: FullSync,
  expectedVersion: Version,
): Promise<Versioned<FullSync>> {
  await table.transact([{ put: fullSyncItem(fullSync), expectedVersion }])
  return { ...fullSync, version: nextVersion(expectedVersion) }
}
