import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startService } from '../../../infra/local/service.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { findByEmail } from '../../../shared/directory/facts/read-facts.ts'
import { openTable } from '../../../shared/table/table.ts'
import { listUsage } from '../../../shared/usage/usage-store.ts'
import { dayOf } from '../../../shared/usage/usage.ts'
import { startTestEngine } from '../../support/engine.ts'
import { runLocal, spawnLocal } from './run-node.ts'
import { fakeService } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const engine = await startTestEngine()
const home = temporaryFolder()
const customerId = 'ABC000001'
const mainCustomer = { name: 'Ann', email: 'ann@example.com' }
const created = {
  id: 'evt_1',
  type: 'customer.created',
  timestamp: '2026-08-21T08:01:14Z',
  data: { customerId, organisation: 'ABC', mainCustomer },
}
const database = { DYNAMODB_ENDPOINT: engine.endpoint, LATCHKEY_DATA: join(home, 'data'), PORT: '0' }

test('what was asked of a service is remembered when it has stopped', async () => {
  const child = spawnLocal('main.ts', [], home, database)
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  const { origin, port } = new URL(String(line).split(' ').at(-1) ?? '')
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
  child.kill('SIGTERM')
  await once(child, 'exit')

  const table = openTable({ documents: engine.documents, name: 'latchkey', now: () => new Date() })
  const userId = (await findByEmail(table, customerId, mainCustomer.email)) ?? ''
  const uses = Object.fromEntries(await listUsage(table, customerId, userId))
  expect(uses).toEqual({ 'project/main': { lastUse: { read: dayOf(new Date()) } } })
})

test('stopping waits for what answers have left behind', async () => {
  const settings = { ...readSettings({ ...database, LATCHKEY_DATA: join(home, 'other') }), home }
  let isDone = false
  const drain = async () => {
    await pause(100)
    isDone = true
  }
  const service = await startService(settings, {
    wallClock: () => new Date(),
    log: () => {},
    compose: (context) => ({ ...fakeService().compose(context), drain }),
  })
  await service.stop()
  expect(isDone).toBe(true)
})
