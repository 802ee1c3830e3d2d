import type { KeyObject } from 'node:crypto'
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { createWebhooks } from '../../../functions/webhooks/app.ts'
import { createWebhookVerifier, type WebhookSources } from '../../../shared/auth/webhook-signature.ts'
import { findDelivery } from '../../../shared/provisioning/store.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { checkEveryResponse } from '../../support/openapi.ts'
import { newWebhookKeyPair, newWebhookSecret, signWebhook } from '../../support/sign-webhook.ts'

export const now = new Date('2026-11-23T12:00:00.000Z')

const pair = newWebhookKeyPair()
/** `orders` is in the middle of a rotation; `crm` signs with a key of its own. */
export const secrets = { old: newWebhookSecret(), new: newWebhookSecret(), crm: pair.privateKey }
const sources: WebhookSources = {
  orders: { secrets: [secrets.old, secrets.new] },
  crm: { secrets: [pair.secret] },
}

export type Send = {
  source?: string
  id?: string
  at?: Date
  key?: string | KeyObject
  headers?: Record<string, string | undefined>
  /** The body that is sent, and signed unless another one is. */
  body?: string | Uint8Array
  signed?: string | Uint8Array
}

export function requestOf({
  source = 'orders',
  id = 'evt_1',
  at = now,
  key = secrets.old,
  ...send
}: Send): Request {
  const body = send.body ?? '{}'
  const signed = signWebhook(key, id, at, send.signed ?? body)
  const headers = Object.entries({ ...signed.headers, ...send.headers })
  const given = headers.filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Request(`http://localhost/webhooks/${source}`, {
    method: 'POST',
    headers: given,
    body: Buffer.from(body),
  })
}

const clock = () => now

/** The app with a table of its own, or with the client's. */
export async function openEntrance(engine: TestEngine, client: DynamoDBClient = engine.client) {
  const name = await engine.createTable()
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const table = openTable({ documents, name, now: clock })
  const logged: string[] = []
  const app = createWebhooks({
    table,
    verifySignature: createWebhookVerifier(sources, clock),
    now: clock,
    log: (...line) => void logged.push(JSON.stringify(line)),
  })
  checkEveryResponse(app)
  const fetch = async (request: Request): Promise<Answer> => {
    const response = await app.fetch(request)
    const { status, headers } = response
    return { status, headers, body: (await response.json()) as Answer['body'] }
  }
  return {
    table,
    logged,
    app,
    fetch,
    post: (send: Send) => fetch(requestOf(send)),
    deliveryOf: (id: string, source = 'orders') => findDelivery(table, source, id),
    countItems: async (): Promise<number> => {
      const { Count } = await engine.client.send(new ScanCommand({ TableName: name, Select: 'COUNT' }))
      return Count ?? 0
    },
  }
}

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

export const bodyOf = (data: Record<string, unknown> = {}, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    type: 'project.created',
    timestamp: '2026-11-23T11:59:00Z',
    data: { customerId: 'BGE000001', name: 'web', ...data },
    ...more,
  })
