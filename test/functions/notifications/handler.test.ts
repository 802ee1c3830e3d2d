import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { SQSEvent } from 'aws-lambda'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { mailboxHash } from '../../../shared/mail/set-opt-out.ts'
import { findReminder, reminderWrite } from '../../../shared/reviews/reminder-store.ts'
import { openTable } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { recordOf } from '../provisioning/bare-worker.ts'
import { key, optOut, publicUrl, reminder, storeScene } from './scene.ts'

const engine = await startTestEngine()
const TABLE_NAME = await engine.createTable()
const table = openTable({ documents: engine.documents, name: TABLE_NAME, now: () => new Date() })

const requests: { route: string; body: unknown }[] = []
let refusal: { status: number; name: string } | undefined

/** A fake of SES's protocol, which accepts all messages, or none. */
async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests.push({ route: `${request.method} ${request.url}`, body: await json(request) })
  response.setHeader('content-type', 'application/json')
  if (refusal) response.setHeader('x-amzn-errortype', refusal.name)
  response.statusCode = refusal?.status ?? 200
  response.end(
    JSON.stringify(refusal ? { message: 'ann@bridge.example is not verified' } : { MessageId: 'm1' }),
  )
}
const secretsManager = createServer((request, response) => {
  request.resume()
  response.setHeader('content-type', 'application/x-amz-json-1.1')
  response.end(JSON.stringify({ SecretString: 'a secret of the messages' }))
}).listen(0, '127.0.0.1')
await once(secretsManager, 'listening')
const portOf = (server: Server) => (server.address() as AddressInfo).port
const link = `${publicUrl}/v1/mail/${optOut.sign(mailboxHash('ann@bridge.example'))}`
const ses = createServer((...exchange) => void take(...exchange)).listen(0, '127.0.0.1')
await once(ses, 'listening')
afterAll(() => {
  ses.close()
  secretsManager.close()
})

Object.assign(process.env, {
  TABLE_NAME,
  MAIL_FROM: 'latchkey@mail.example.com',
  PUBLIC_URL: `${publicUrl}/`,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL_SESV2: `http://127.0.0.1:${portOf(ses)}`,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${portOf(secretsManager)}`,
  MAIL_SECRET_ARN: 'mail',
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
})
const { handler, sweep } = await import('../../../functions/notifications/handler.ts')

const now = Date.now()
const inDays = (days: number) => instantOf(new Date(now + days * 86_400_000))
await storeScene(table, { reminder: { createdAt: inDays(0), endsAt: inDays(14) } })
const event = { Records: [{ messageId: 'q1', body: JSON.stringify(recordOf(key, 1)) }] } as SQSEvent

const utf8 = (Data: unknown) => ({ Data, Charset: 'UTF-8' })

beforeEach(() => void requests.splice(0))

test('a message that SES rejects is retried later, and its record counts as processed', async () => {
  refusal = { status: 400, name: 'MessageRejected' }
  expect(await handler(event)).toEqual({ batchItemFailures: [] })
  expect(requests).toHaveLength(1)
  expect(await findReminder(table, reminder)).toMatchObject({
    failures: 1,
    problem: 'the message could not be handed over',
  })
})

test('a due message is sent by SES, as plain text in UTF-8 from the configured address', async () => {
  refusal = undefined
  expect(await sweep()).toBe(0)
  const failed = await findReminder(table, reminder)
  if (failed) await table.transact([reminderWrite({ ...failed, due: inDays(0) })])
  expect(await sweep()).toBe(1)
  expect(requests).toEqual([
    {
      route: 'POST /v2/email/outbound-emails',
      body: {
        FromEmailAddress: 'latchkey@mail.example.com',
        Destination: { ToAddresses: ['ann@bridge.example'] },
        Content: {
          Simple: {
            Subject: utf8('Access review of BGE000001 has begun'),
            Body: { Text: utf8(expect.stringContaining(`${publicUrl}/v1/customers/BGE000001/reviews/`)) },
            Headers: [
              { Name: 'List-Unsubscribe', Value: `<${link}>` },
              { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
            ],
          },
        },
      },
    },
  ])
  expect(await findReminder(table, reminder)).toMatchObject({ sentAt: expect.any(String), due: undefined })
})
