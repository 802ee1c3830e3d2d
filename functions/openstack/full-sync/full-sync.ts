import { randomUUID } from 'node:crypto'
import { isStale } from '../../../shared/domain/values/errors.ts'
import { addMilliseconds, type Instant, instantOf } from '../../../shared/domain/values/instant.ts'
import { listAll } from '../../../shared/openstack/plan/find.ts'
import { findFullSync, type FullSync, fullSyncItem } from '../../../shared/openstack/sync/full-sync.ts'
import { listCustomers, positionOf } from '../../../shared/records/customers.ts'
import { isLeasedByOther } from '../../../shared/runtime/lease.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { isOver, type OpenStackDeps } from '../run/deps.ts'
import { type SharedLists, shareLists } from '../run/shared-lists.ts'
import { checkCustomer } from './check-customer.ts'
import type { DriftMode } from './check-project.ts'

/** Milliseconds from one pass's beginning to the next one's. */
const fullSyncEvery = 3_600_000
/** Milliseconds within which a customer should be done: after that another worker may go on. */
const leaseTime = 15 * 60_000
/** Lists of a whole domain are long, and looked at anew before anything is done by them. */
const listsLast = 60_000
const customersPerPage = 10

export type FullSyncOptions = {
  mode: DriftMode
  /** In milliseconds; what isn't done then, the next call goes on with. */
  time: number
  /** A new pass, however long ago the last one was. */
  now?: boolean | undefined
}

/**
 * Goes on with the pass over everything, or begins the next one if its time has come; undefined if it hasn't, or somebody
 * else is at it. Told from the table: a call too many, or one that is missed, changes nothing.
 */
export async function continueFullSync(
  deps: OpenStackDeps,
  options: FullSyncOptions,
): Promise<FullSync | undefined> {
  const { table, keystone, mapping } = deps
  const id = randomUUID()
  const read = () => listAll(keystone, mapping)
  const lists = shareLists({ read, now: table.now, maxAge: listsLast })
  const until = addMilliseconds(instantOf(table.now()), options.time)
  try {
    let pass = await begin(deps, id, options)
    if (!pass) return undefined
    try {
      let isFirst = true
      do {
        pass = await nextCustomers(deps, pass, { lists, mode: options.mode, isFirst })
        isFirst = false
      } while (!pass.endedAt && instantOf(table.now()) < until && !isOver(deps, instantOf(table.now())))
    } finally {
      await releaseLease(deps, id)
    }
    return pass
  } catch (error) {
    if (isStale(error)) return undefined
    throw error
  }
}

async function begin({ table }: OpenStackDeps, id: string, { now: atOnce }: FullSyncOptions) {
  const found = await findFullSync(table)
  const now = instantOf(table.now())
  if (isLeasedByOther(found?.run, id, now)) return undefined
  const begins = !found || found.endedAt !== undefined
  if (found?.endedAt && !atOnce && now < addMilliseconds(found.startedAt, fullSyncEvery)) return undefined
  const fresh = { startedAt: now, projects: 0, drift: 0, last: found?.last }
  return saveFullSync(table, { ...(begins ? fresh : found), run: leaseFor(id, now) }, found?.version)
}

const leaseFor = (id: string, now: Instant) => ({ id, until: addMilliseconds(now, leaseTime) })

async function nextCustomers(
  deps: OpenStackDeps,
  pass: Versioned<FullSync>,
  { lists, mode, isFirst }: { lists: SharedLists; mode: DriftMode; isFirst: boolean },
) {
  const { table } = deps
  const page = await listCustomers(table, { limit: customersPerPage, after: pass.after })
  let { projects, drift, after } = pass
  let isCut = false
  const told = { before: pass.last?.told ?? {}, now: { ...pass.told } }
  for (const [place, customer] of page.items.entries()) {
    const checked = await checkCustomer(deps, customer, lists, { mode, told })
    isCut = isOver(deps, instantOf(table.now()))
    // It is looked at again from its beginning, unless it takes more time than there is: others wait too.
    if (isCut && !(isFirst && place === 0)) break
    projects += checked.projects
    drift += checked.drift
    after = positionOf(customer)
    if (isCut) break
  }
  const now = instantOf(table.now())
  const run = pass.run && leaseFor(pass.run.id, now)
  const on = { ...pass, projects, drift, told: told.now, run, after: isCut ? after : page.next }
  if (isCut || page.next) return saveFullSync(table, on, pass.version)
  const last = { startedAt: pass.startedAt, endedAt: now, projects, drift, told: told.now }
  return saveFullSync(table, { ...on, endedAt: now, last }, pass.version)
}

async function releaseLease({ table }: OpenStackDeps, id: string): Promise<void> {
  const pass = await findFullSync(table)
  if (pass?.run?.id === id) await saveFullSync(table, { ...pass, run: undefined }, pass.version)
}

async function saveFullSync(
  table: OpenStackDeps['table'],
  pass: FullSync,
  expectedVersion: number | undefined,
): Promise<Versioned<FullSync>> {
  await table.transact([{ put: fullSyncItem(pass), expectedVersion }])
  return { ...pass, version: (expectedVersion ?? 0) + 1 }
}
