import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { createUsageLog } from '../../../../shared/usage/usage-log.ts'
import { createCleanup } from '../../../../functions/cleanup/worker.ts'
import { createUsage } from '../../../../functions/usage/worker.ts'
import { indexLag } from '../../../../shared/directory/cleanup/clean-up.ts'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import type { DeliveryStatus } from '../../../../shared/provisioning/delivery.ts'
import { deliveryItem } from '../../../../shared/provisioning/store.ts'
import type { Log } from '../../../../shared/runtime/log.ts'
import { usedMessage } from '../../../../shared/usage/usage.ts'
import { operator, startBase } from '../base.ts'
import { applyEvent, createTestApi } from '../test-api.ts'
import type { Caller } from './caller.ts'
import { Contents } from './contents.ts'

const source = 'orders'

/** Of a refusal its code, of a dry run its changes. */
type Told = { code?: string; changes?: unknown }
export type Reply = Told & { status: number; etag: string | null; requestId: string }
type Given = { body?: object | undefined; ifMatch?: string | undefined }

/** Engine and issuer for a test file; each run has a table of its own, which goes with it. */
export async function startServices() {
  const base = await startBase()
  const { engine, issuer, verifyToken, now } = base

  /** With that clock, in milliseconds since the epoch, until the next one starts. */
  async function startService(clock: () => number) {
    base.setClock(clock)
    const { client, documents, open } = base.connect()
    const name = await engine.createTable()
    const table = open(name)
    const contents = new Contents(documents, name)
    const errors: string[] = []
    const used: string[] = []
    const log: Log = (level, message, fields) => {
      if (level === 'error') errors.push(`${message} ${fields?.error ?? ''}`)
      if (message === usedMessage) used.push(JSON.stringify({ time: now(), message, ...fields }))
    }
    const app = createTestApi(issuer, { table, verifyToken, used: createUsageLog(log, now), now, log })
    const cleanup = createCleanup({ table, log })
    const uses = createUsage({ table, log })
    let events = 0

    return {
      table,
      log,
      contents,
      errors,
      async ask(method: string, path: string, caller: Caller, { body, ifMatch }: Given = {}): Promise<Reply> {
        const headers = new Headers({ authorization: `Bearer ${await base.tokenOf(claimsOf(caller))}` })
        if (body) headers.set('content-type', 'application/json')
        if (ifMatch !== undefined) headers.set('if-match', ifMatch)
        if (caller.kind === 'operator' && caller.reason) headers.set('x-reason', caller.reason)
        const response = await app.request(path, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        })
        const told = response.status === 204 ? {} : ((await response.json()) as Told)
        return {
          ...told,
          status: response.status,
          etag: response.headers.get('etag'),
          requestId: response.headers.get('x-request-id') ?? '',
        }
      },
      /** Applies an event of the order system; throws its refusal. */
      async event(type: string, data: Record<string, unknown>): Promise<string> {
        const requestId = `evt_${String(++events).padStart(6, '0')}`
        await applyEvent(table, { id: requestId, type, data, at: now() })
        return requestId
      },
      /** A delivery in that state, without anything that came of it. */
      async record(id: string, status: DeliveryStatus): Promise<void> {
        const receivedAt = instantOf(now())
        const delivery = { source, id, type: 'none', body: '{}', timestamp: receivedAt, receivedAt }
        const put = deliveryItem({ ...delivery, status, attempts: 1 })
        await table.transact([{ put, expectedVersion: 'absent' }])
        await contents.readWritten()
      },
      /** Removes what deletions and types left behind. */
      cleanUp: () => cleanup.sweep(indexLag),
      /** What the log of the API has told of uses since the last time. */
      recordUses: () => uses.onLines(used.splice(0)),
      async end(): Promise<void> {
        await client.send(new DeleteTableCommand({ TableName: name }))
        client.destroy()
      },
    }
  }

  return { startService }
}

type Services = Awaited<ReturnType<typeof startServices>>
export type Service = Awaited<ReturnType<Services['startService']>>

function claimsOf(caller: Caller): Record<string, unknown> {
  if (caller.kind === 'operator') return operator
  if (caller.kind === 'check') return { sub: 'check', client_id: 'checker', scope: 'check' }
  const { subject: sub, email, isVerified } = caller
  return { sub, email, email_verified: isVerified }
}
