import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { runLocal } from './run-node.ts'
import { serviceStarter } from './service-starter.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const startService = serviceStarter(home)
const customerId = 'ABC000001'
const events = [
  {
    type: 'customer.created',
    data: { customerId, organisation: 'ABC', mainCustomer: { name: 'Ann', email: 'ann@example.com' } },
  },
  { type: 'project.created', data: { customerId, name: 'web' } },
]
const file = join(home, 'deliveries.jsonl')
const lines = events.map((event, n) =>
  JSON.stringify({ id: `evt_${n}`, timestamp: `2026-08-21T08:01:1${n}Z`, ...event }),
)
writeFileSync(file, `${lines.join('\n')}\n`)
/** A Keystone that never answers. */
const nowhere = {
  OS_AUTH_URL: 'http://127.0.0.1:1/v3',
  OS_USERNAME: 'latchkey',
  OS_PASSWORD: 's3cret',
  OS_SYSTEM_SCOPE: 'all',
}

/** The service as `npm start` runs it, with a customer and a project. */
async function start(environment: Record<string, string>) {
  const { origin, port, outcome, stop } = await startService({ LATCHKEY_DATA: ':memory:', ...environment })
  const { code, stdout } = await runLocal('commands/provision.ts', [file], home, { PORT: port })
  if (code !== 0) throw new Error(stdout)
  const token = await runLocal('commands/token.ts', ['operator'], home, { PORT: port })
  const headers = { authorization: `Bearer ${token.stdout.trim()}` }
  const get = async (path: string) =>
    (await (await fetch(`${origin}/v1${path}`, { headers })).json()) as Record<string, unknown>
  return {
    get,
    /** The project's state in OpenStack. */
    shown: async () => {
      const { items } = (await get(`/customers/${customerId}/projects`)) as { items: { openstack: object }[] }
      return items[1]?.openstack
    },
    stop: async () => {
      await stop('SIGTERM')
      return outcome
    },
  }
}

test('without OS_AUTH_URL OpenStack is off, also of every project', async () => {
  const service = await start({})
  expect(await service.shown()).toMatchObject({ state: 'off', name: `${customerId}_web` })
  expect(await service.get('/openstack')).toEqual({ state: 'off' })
  expect(await service.stop()).toMatchObject({ code: 0, stderr: '' })
})

test('with an unreachable Keystone the service runs, projects are pending with an error, and the log says it once', async () => {
  const service = await start(nowhere)
  await vi.waitFor(
    async () =>
      expect(await service.shown()).toHaveProperty('error', 'OpenStack cannot be reached at the moment'),
    { timeout: 20_000, interval: 100 },
  )
  expect(await service.shown()).toMatchObject({ state: 'pending' })
  expect(await service.get('/openstack')).toMatchObject({
    state: 'on',
    projects: { pending: 1, ready: 0, failed: 0 },
    oldestPending: { customerId },
  })
  const { code, stdout, stderr } = await service.stop()
  const told = `${stdout}${stderr}`.split('\n').filter((line) => line.includes("Keystone can't be reached"))
  expect([code, told]).toEqual([0, [expect.stringContaining('unreachable')]])
})

test('an invalid variable is an error in one line, before anything is made', async () => {
  const environment = { PORT: '0', LATCHKEY_DATA: ':memory:', ...nowhere, OS_DRIFT: 'maybe' }
  expect(await runLocal('main.ts', [], home, environment)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'latchkey: OS_DRIFT must be repair or report\n',
  })
})
