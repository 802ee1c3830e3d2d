import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { createAccess } from '../../../functions/access/access.ts'
import { isForAccess } from '../../../functions/access/gateway-paths.ts'
import { type ApiDeps, createApi } from '../../../functions/api/app.ts'
import type { ApiEnv } from '../../../functions/api/authorization/deps.ts'
import { planEvent } from '../../../functions/provisioning/plan-event.ts'
import { serveAccess } from '../../../infra/local/serve-access.ts'
import { createCursorCodec } from '../../../shared/auth/cursor.ts'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { defaultCustomerIdPattern } from '../../../shared/domain/entities/customer.ts'
import { instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { recordDelivery } from '../../../shared/provisioning/record-delivery.ts'
import { commit } from '../../../shared/records/commit.ts'
import { createReportKeys } from '../../../shared/reviews/report/keys.ts'
import type { Table } from '../../../shared/table/table.ts'
import { checkEveryResponse } from '../../support/openapi.ts'
import { reportKey } from '../../support/report-key.ts'
import type { TestIssuer } from '../../support/tokens.ts'

export const publicUrl = 'https://latchkey.test'
const customerIdPattern = new RegExp(defaultCustomerIdPattern)

type Given = Pick<ApiDeps, 'table' | 'now' | 'log'> & Partial<ApiDeps>

/** API and decision point over a table, which take the issuer's tokens; each of their answers is checked against the document. */
export function createTestApi(issuer: TestIssuer, given: Given) {
  const app = createUncheckedApi(issuer, given)
  checkEveryResponse(app)
  return app
}

/** For tests that look at the answers themselves. */
export function createUncheckedApi(issuer: Pick<TestIssuer, 'url' | 'config'>, given: Given) {
  const facing = {
    verifyToken: createTokenVerifier(issuer.config),
    publicUrl,
    customerIdPattern,
    ...given,
  }
  const access = serveAccess(createAccess({ ...facing, reads: given.table }))
  const api = createApi({
    ...facing,
    cursors: createCursorCodec('a secret of the tests'),
    audience: publicUrl,
    issuer: issuer.url,
    sources: ['orders'],
    reportKeys: createReportKeys(async () => reportKey, given.now),
    openApi: () => readFile('functions/api/openapi.json', 'utf8'),
    ...given,
  })
  // As API Gateway routes.
  return new Hono<ApiEnv>().all('*', ({ req }) =>
    (isForAccess(new URL(req.url).pathname) ? access : api).fetch(req.raw),
  )
}

type OrderEvent = { id: string; type: string; data: Record<string, unknown>; at: Date }

/** Applies an event of the order system at once. Returns whether it has changed anything. @throws {DomainError} */
export async function applyEvent(
  table: Table,
  { id, type, data, at }: OrderEvent,
  openstack?: boolean,
): Promise<boolean> {
  const now = instantOf(at)
  const actor = { kind: 'webhook', id: 'orders' } as const
  const context = { table, actor, stamp: stampOf(now, id), now, requestId: id, openstack }
  const delivery = { source: 'orders', id, type, timestamp: now, receivedAt: now }
  const plan = await planEvent(
    context,
    { ...delivery, body: JSON.stringify({ data }), status: 'received', attempts: 0 },
    customerIdPattern,
  )
  if (plan.change) await commit(table, plan.change)
  return plan.change !== undefined
}

/** Stores a delivery as it arrives, which nobody applies. */
export function deliver(table: Table, { id, type, data, at }: OrderEvent, source = 'orders') {
  const timestamp = instantOf(at)
  const body = JSON.stringify({ type, timestamp, data })
  const { customerId } = data
  const of = typeof customerId === 'string' ? { customerId } : {}
  return recordDelivery(table, { source, id, type, timestamp, body, ...of }, timestamp)
}
