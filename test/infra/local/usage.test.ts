import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findByEmail } from '../../../shared/directory/facts/decision-facts.ts'
import { openTable } from '../../../shared/table/table.ts'
import { listUsage } from '../../../shared/usage/usage-store.ts'
import { dayOf } from '../../../shared/usage/usage.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runLocal } from './run-node.ts'
import { serviceStarter } from './service-starter.ts'
import { fakeService, startAround } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const engine = await startTestEngine()
const home = temporaryFolder()
const start = serviceStarter(home)
const customerId = 'ABC000001'
const mainCustomer = { name: 'Ann', email: 'ann@example.com' }
const created = {
  id: 'evt_1',
  type: 'customer.created',
  timestamp: '2026-08-21T08:01:14Z',
  data: { customerId, organisation: 'ABC', mainCustomer },
}

test('the usage of a service is stored when it has stopped', async () => {
  const database = { DYNAMODB_ENDPOINT: engine.endpoint, LATCHKEY_DATA: join(home, 'data') }
  const { origin, port, stop } = await start(database)
  const file = join(home, 'deliveries.jsonl')
  writeFileSync(file, `${JSON.stringify(created)}\n`)
  await runLocal('commands/provision.ts', [file], home, { PORT: port })
  const token = await runLocal('commands/token.ts', ['check'], home, { PORT: port })
  const answer = await fetch(`${origin}/v1/customers/${customerId}/access/v1/evaluation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token.stdout.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      subject: { type: 'user_email', id: mainCustomer.email },
      action: { name: 'billing.read' },
      resource: { type: 'customer', id: customerId },
    }),
  })
  expect(await answer.json()).toMatchObject({ decision: true })
  await stop('SIGTERM')

  const table = openTable({ documents: engine.documents, name: 'latchkey', now: () => new Date() })
  const userId = (await findByEmail(table, customerId, mainCustomer.email)) ?? ''
  const uses = Object.fromEntries(await listUsage(table, customerId, userId))
  expect(uses).toEqual({ 'project/main': { lastUse: { read: dayOf(new Date()) } } })
})

test('stopping waits for work that answers have left behind', async () => {
  let isDone = false
  const drain = async () => {
    await pause(100)
    isDone = true
  }
  const compose = fakeService().compose
  const { stop } = await startAround(join(home, 'other'), (context) => ({ ...compose(context), drain }))
  await stop()
  expect(isDone).toBe(true)
})
