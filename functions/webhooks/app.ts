import { Hono } from 'hono'
import type { WebhookVerifier } from '../../shared/auth/webhook-signature.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { instantOf } from '../../shared/domain/values/instant.ts'
import { readBody } from '../../shared/http/request/body-limit.ts'
import { limitHead } from '../../shared/http/request/head-limit.ts'
import { type HttpEnv, requestId } from '../../shared/http/request/request-id.ts'
import { accessLog } from '../../shared/http/response/access-log.ts'
import { webhookChallenge } from '../../shared/http/response/challenge.ts'
import { setCommonHeaders } from '../../shared/http/response/common-headers.ts'
import { methodsOfRoutes, onNoRoute } from '../../shared/http/response/methods.ts'
import { onProblem } from '../../shared/http/response/on-problem.ts'
import { recordDelivery } from '../../shared/provisioning/record-delivery.ts'
import type { Log } from '../../shared/runtime/log.ts'
import type { Table } from '../../shared/table/table.ts'
import { parseEvent } from './parse-event.ts'

export type WebhookDeps = {
  table: Table
  verifySignature: WebhookVerifier
  now: () => Date
  log: Log
}

/** Receives signed events: raw body → verify → record the delivery → 202. A 202 is sent only for a stored delivery. */
export function createWebhooks({ table, verifySignature, now, log }: WebhookDeps) {
  const app = new Hono<HttpEnv>()
  app.use(requestId(), accessLog(log, now), setCommonHeaders('webhook-signature'), limitHead)
  app.onError(onProblem(log, webhookChallenge))
  app.notFound(onNoRoute(methodsOfRoutes([{ method: 'post', path: '/webhooks/{source}' }])))

  app.post('/webhooks/:source', async (c) => {
    const source = c.req.param('source')
    const body = await readBody(c.req.raw)
    const id = c.req.header('webhook-id') ?? ''
    const timestamp = c.req.header('webhook-timestamp')
    const signature = c.req.header('webhook-signature')
    if (!verifySignature(source, { id, timestamp, signature }, body)) {
      throw new DomainError(
        'unauthenticated',
        'the signature is missing, wrong, too old or too new, or the source is unknown',
      )
    }
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) {
      throw new DomainError(
        'invalid-request',
        'webhook-id must be 1 to 128 letters, digits, underscores or hyphens',
      )
    }
    const status = await recordOrUnavailable(table, { source, id, ...parseEvent(body) }, now())
    return c.json({ id, status }, 202)
  })

  return app
}

/** A 503 makes the sender keep the event and try again. */
async function recordOrUnavailable(table: Table, delivery: Parameters<typeof recordDelivery>[1], at: Date) {
  try {
    return await recordDelivery(table, delivery, instantOf(at))
  } catch (error) {
    if (error instanceof DomainError) throw error
    const unavailable = new DomainError('unavailable', 'the delivery could not be recorded; send it again')
    unavailable.cause = error
    throw unavailable
  }
}
