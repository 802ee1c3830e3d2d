import type { Instant } from '../../domain/values/instant.ts'
import { dueKeys } from '../../table/due.ts'
import type { Item, UnconditionalUpdate, Versioned, Write } from '../../table/item.ts'
import { type Key, keys, keyText, parseFanOutKey, parseOpenStackKey, prefixes } from '../../table/keys.ts'
import type { Position } from '../../table/query.ts'
import { indexes } from '../../table/schema.ts'
import type { Table } from '../../table/table.ts'
import type { FanOutPending, OpenStackRecord, OpenStackState, SyncRequest } from './project-record.ts'

export type ProjectRef = { customerId: string; projectId: string }

const dueKind = 'openstack'
/** The state of sync requests in the index of states. */
const spreading = 'spreading'
/** The states that `GET /v1/openstack` counts. */
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
  const { version, keystoneId, error, dependsOn, failures, lease: run, markedAt, suspended, drift } = known
  const due = at?.slice(0, at.indexOf('#'))
  const place = { ...ref, state: openstackState, since: openstackSince, due, version }
  return { ...place, keystoneId, error, dependsOn, failures, lease: run, markedAt, suspended, drift }
}

export async function findRecord(table: Table, ref: ProjectRef) {
  return asRecord(await table.get(recordKey(ref)))
}

/** Strongly read, in the order of the ids. */
export async function findRecords(table: Table, customerId: string, projectIds: readonly string[]) {
  return (await table.getMany(projectIds.map((id) => keys.openstack(customerId, id)))).map(asRecord)
}

/** All records of a customer, those of deleted projects too. */
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
 * Makes a project pending and due at once, whatever its state. It raises the record's version, so that a run which read
 * older state can't mark it ready.
 */
export function markProjectPending(ref: ProjectRef, now: Instant): Write {
  const key = recordKey(ref)
  const since = { like: 'pendingSince', otherwise: now }
  const update: UnconditionalUpdate = {
    set: { openstackState: 'pending', markedAt: now, dueKind, dueAt: dueAt(key, now) },
    kept: { openstackSince: since, pendingSince: since },
  }
  return { update: key, with: update }
}

/** Requests the fan-out of a user or customer. The request stays until all affected projects are marked pending. */
export function requestFanOut(key: Key, now: Instant): Write {
  const set = { openstackState: spreading, dueKind, dueAt: dueAt(key, now) }
  const at = { like: 'at', otherwise: now }
  return { update: key, with: { set, kept: { at, openstackSince: at } } }
}

function syncRequestItem(key: Key, { due, ...request }: SyncRequest): Key & Record<string, unknown> {
  const { at: openstackSince } = request
  return { ...request, ...key, openstackState: spreading, openstackSince, dueKind, dueAt: dueAt(key, due) }
}

/** A request that isn't there yet, made by the worker that processes it: under its lease it triggers no other. */
export const newSyncRequest = (key: Key, request: SyncRequest): Write => ({
  put: syncRequestItem(key, request),
  expectedVersion: 'absent',
})

export function updateSyncRequest(
  key: Key,
  request: Versioned<SyncRequest>,
  change: Partial<SyncRequest>,
): Write {
  const { version: expectedVersion, ...known } = request
  return { put: syncRequestItem(key, { ...known, ...change }), expectedVersion }
}

function asSyncRequest(item: Item | undefined): Versioned<SyncRequest> | undefined {
  if (!item) return undefined
  const { at, dueAt: due, failures, lease: run, version } = item as Item & StoredRequest
  return { at, due: due.slice(0, due.indexOf('#')), failures, lease: run, version }
}

type StoredRequest = Omit<SyncRequest, 'due'> & { dueAt: string }

export async function findSyncRequest(table: Table, key: Key) {
  return asSyncRequest(await table.get(key))
}

/** Returns when one of the customer's pending fan-outs was requested. */
export async function findFanOutPending(table: Table, customerId: string): Promise<FanOutPending> {
  const { items } = await table.queryPage({
    partition: keys.customer(customerId).pk,
    prefix: prefixes.fanOut,
    limit: 1,
  })
  return asSyncRequest(items[0])?.at
}

/** Keys of the records and sync requests that are due, the earliest first: `limit` of them, rounded up to whole pages. */
export async function listDue(
  table: Table,
  by: Instant,
  { limit, pageSize = 1_000 }: { limit: number; pageSize?: number },
): Promise<Key[]> {
  const due: Key[] = []
  let after: Position | undefined
  do {
    const page = await dueKeys(table, dueKind, { by, limit: pageSize, after })
    due.push(...page.items)
    after = page.next
  } while (after && due.length < limit)
  return due
}

type Oldest = { customerId: string; projectId?: string | undefined; since: Instant }

/** The item that is longest in this state, from the index; of a sync request only its customer. */
export async function findOldest(table: Table, state: Counted): Promise<Oldest | undefined> {
  const { items } = await table.queryPage({ index: indexes.openstack, partition: state, limit: 1 })
  const [item] = items
  const source = item && (parseOpenStackKey(item) ?? parseFanOutKey(item))
  if (!source) return undefined
  const { customerId } = source
  const projectId = 'projectId' in source ? source.projectId : undefined
  return { customerId, projectId, since: String(item.openstackSince) }
}

/** Counts the items in this state in the index; after `requests` requests the count is a minimum. */
export async function countInState(
  table: Table,
  state: Counted,
  requests: number,
): Promise<{ count: number; isAll: boolean }> {
  return table.count({ index: indexes.openstack, partition: state }, requests)
}
