import type { Instant } from '../../domain/values/instant.ts'
import type { DuePage } from '../../table/due.ts'
import type { Item, UnconditionalUpdate, Versioned, Write } from '../../table/item.ts'
import { type Key, keys, keyText, parseFanOutKey, parseOpenStackKey, prefixes } from '../../table/keys.ts'
import type { Page } from '../../table/query.ts'
import { indexes } from '../../table/schema.ts'
import type { Table } from '../../table/table.ts'
import type { FanOutPending, OpenStackRecord, OpenStackState, SyncRequest } from './project-record.ts'

/** A project of ours. */
export type ProjectRef = { customerId: string; projectId: string }

const dueKind = 'openstack'
/** Where the index of states has the words, beside the states of projects. */
const spreading = 'spreading'
/** What `GET /v1/openstack` counts. */
export type Counted = OpenStackState | typeof spreading

const dueAt = (key: Key, at: Instant) => `${at}#${keyText(key)}`
const recordKey = ({ customerId, projectId }: ProjectRef) => keys.openstack(customerId, projectId)

export function recordItem(record: OpenStackRecord): Key & Record<string, unknown> {
  const { customerId, projectId, state, since, due, ...known } = record
  const key = recordKey({ customerId, projectId })
  return {
    ...known,
    ...key,
    openstackState: state,
    openstackSince: since,
    pendingSince: state === 'pending' ? since : undefined,
    dueKind: due && dueKind,
    dueAt: due && dueAt(key, due),
  }
}

type Stored = Omit<OpenStackRecord, 'customerId' | 'projectId' | 'state' | 'since' | 'due'> & {
  version: number
  openstackState: OpenStackState
  openstackSince: Instant
  dueAt?: string
}

export function asRecord(item: Item | undefined): Versioned<OpenStackRecord> | undefined {
  const ref = item && parseOpenStackKey(item)
  if (!ref) return undefined
  const { openstackState, openstackSince, dueAt: at, ...known } = item as Item & Stored
  const { version, keystoneId, error, dependsOn, failures, run, markedAt, suspended, drift } = known
  const due = at?.slice(0, at.indexOf('#'))
  const place = { ...ref, state: openstackState, since: openstackSince, due, version }
  return { ...place, keystoneId, error, dependsOn, failures, run, markedAt, suspended, drift }
}

export async function findRecord(table: Table, ref: ProjectRef) {
  return asRecord(await table.get(recordKey(ref)))
}

/** Of each in turn, as it is read strongly. */
export async function findRecords(table: Table, customerId: string, projectIds: readonly string[]) {
  return (await table.getMany(projectIds.map((id) => keys.openstack(customerId, id)))).map(asRecord)
}

/** All of a customer, those of projects that are gone too. */
export async function listRecords(table: Table, customerId: string): Promise<Versioned<OpenStackRecord>[]> {
  const records: Versioned<OpenStackRecord>[] = []
  const query = { partition: keys.customer(customerId).pk, prefix: prefixes.openstack }
  for await (const item of table.queryAll(query)) {
    const record = asRecord(item)
    if (record) records.push(record)
  }
  return records
}

/**
 * Says that a project may not be any more as it should be, whoever is at it: it is pending from now on and due at once, and
 * a run that has looked before can't call it ready.
 */
export function markProjectPending(ref: ProjectRef, now: Instant): Write {
  const key = recordKey(ref)
  const since = { like: 'pendingSince', otherwise: now }
  const touch: UnconditionalUpdate = {
    set: { openstackState: 'pending', markedAt: now, dueKind, dueAt: dueAt(key, now) },
    kept: { openstackSince: since, pendingSince: since },
  }
  return { touch: key, with: touch }
}

/** Wakes the worker for a user or customer. Its word stays until every project of theirs has been told. */
export function requestFanOut(key: Key, now: Instant): Write {
  const set = { openstackState: spreading, dueKind, dueAt: dueAt(key, now) }
  const at = { like: 'at', otherwise: now }
  return { touch: key, with: { set, kept: { at, openstackSince: at } } }
}

function syncRequestItem(key: Key, { due, ...request }: SyncRequest): Key & Record<string, unknown> {
  const { at: openstackSince } = request
  return { ...request, ...key, openstackState: spreading, openstackSince, dueKind, dueAt: dueAt(key, due) }
}

/** A word that nobody has said yet, for somebody who is at it already: it wakes nobody else. */
export const newSyncRequest = (key: Key, request: SyncRequest): Write => ({
  put: syncRequestItem(key, request),
  expectedVersion: undefined,
})

/** The word again, with another hold on it or another time to look at it. */
export function updateSyncRequest(
  key: Key,
  request: Versioned<SyncRequest>,
  change: Partial<SyncRequest>,
): Write {
  const { version: expectedVersion, ...said } = request
  return { put: syncRequestItem(key, { ...said, ...change }), expectedVersion }
}

function asSyncRequest(item: Item | undefined): Versioned<SyncRequest> | undefined {
  if (!item) return undefined
  const { at, dueAt: due, failures, run, version } = item as Item & StoredRequest
  return { at, due: due.slice(0, due.indexOf('#')), failures, run, version }
}

type StoredRequest = Omit<SyncRequest, 'due'> & { dueAt: string }

export async function findSyncRequest(table: Table, key: Key) {
  return asSyncRequest(await table.get(key))
}

/** Since when something of the customer has yet to reach its projects. */
export async function findFanOutPending(table: Table, customerId: string): Promise<FanOutPending> {
  const { items } = await table.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.fanOut,
    limit: 1,
  })
  return asSyncRequest(items[0])?.at
}

/** Keys of the records and words that are due by that moment, the longest first. */
export async function dueForOpenStack(table: Table, { by, limit, after }: DuePage): Promise<Page<Key>> {
  const query = { index: indexes.due, partition: dueKind, upTo: `${by}~`, limit, after }
  const { items, next } = await table.queryPage(query)
  return { items: items.map(({ pk, sk }) => ({ pk, sk })), next }
}

export type Oldest = { customerId: string; projectId?: string | undefined; since: Instant }

/** The longest in this state, as an index has it; of a word only whose customer's it is. */
export async function findOldest(table: Table, state: Counted): Promise<Oldest | undefined> {
  const { items } = await table.queryPage({ index: indexes.openstack, partition: state, limit: 1 })
  const [item] = items
  const about = item && (parseOpenStackKey(item) ?? parseFanOutKey(item))
  if (!about) return undefined
  const { customerId } = about
  const projectId = 'projectId' in about ? about.projectId : undefined
  return { customerId, projectId, since: String(item.openstackSince) }
}

/** How many are in this state, as an index has it; where that takes more than `requests`, at least so many. */
export async function countInState(
  table: Table,
  state: Counted,
  requests: number,
): Promise<{ count: number; isAll: boolean }> {
  return table.count({ index: indexes.openstack, partition: state }, requests)
}
