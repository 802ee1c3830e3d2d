import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import type { LocalService } from '../../../infra/local/client/local-service.ts'
import { moveClock } from '../../../infra/local/client/move-clock.ts'
import { signDelivery } from '../../../infra/local/client/sign-delivery.ts'
import { takeMachineToken, takePersonToken } from '../../../infra/local/client/take-token.ts'
import { clockPath } from '../../../infra/local/clock.ts'
import { signingSecret } from '../../../infra/local/provision/post-deliveries.ts'
import { serviceStarter } from './service-starter.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const dataFolder = join(home, 'data')
const start = serviceStarter(home)
const day = 86_400_000
const customer = '/v1/customers/CLK000001'

type Running = Awaited<ReturnType<typeof start>>
let running: Running
let service: LocalService
let operator: string
let olga: string
let project: string

async function startAgain(environment: Record<string, string> = {}) {
  running = await start({ LATCHKEY_DATA: dataFolder, ...environment })
  const { origin, port } = running
  service = { origin, issuer: `${origin}/oidc`, port: Number(port), dataFolder }
}

async function call(token: string, method: string, path: string, body?: object) {
  const reason = token === operator && { 'x-reason': 'a test' }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...reason }
  const content = body && { body: JSON.stringify(body) }
  const answer = await fetch(service.origin + path, { method, headers, ...content })
  return { status: answer.status, body: (await answer.json()) as { [name: string]: unknown; id: string } }
}

async function mayTom(): Promise<unknown> {
  const { body } = await call(operator, 'POST', `${customer}/access/v1/evaluation`, {
    subject: { type: 'user_email', id: 'tom@clock.example' },
    action: { name: 'compute.operate' },
    resource: { type: 'project', id: project },
  })
  return body
}
const expired = { decision: false, context: { reason: expect.objectContaining({ code: 'expired' }) } }

async function deliver(id: string, type: string, data: object): Promise<void> {
  const timestamp = new Date().toISOString()
  const body = JSON.stringify({ type, timestamp, data: { customerId: 'CLK000001', ...data } })
  const signed = signDelivery(signingSecret(dataFolder), id, body, new Date())
  const headers = { 'content-type': 'application/json', ...signed }
  const answer = await fetch(`${service.origin}/webhooks/orders`, { method: 'POST', headers, body })
  expect(answer.status).toBe(202)
}

const untilDelivery = (id: string, status: string) =>
  vi.waitFor(
    async () => {
      const { body } = await call(operator, 'GET', `/v1/deliveries/orders/${id}`)
      expect(body).toMatchObject({ status })
    },
    { timeout: 10_000, interval: 100 },
  )

/** Returns the creation time of a new project, by the service's clock. */
async function serviceTime(name: string): Promise<number> {
  const { status, body } = await call(olga, 'POST', `${customer}/projects`, { name })
  expect(status).toBe(201)
  return Date.parse(String(body.createdAt))
}

beforeAll(async () => {
  await startAgain()
  operator = await takeMachineToken(service, 'operator')
  await call(operator, 'POST', '/v1/customers', {
    id: 'CLK000001',
    organisation: 'Clock',
    mainCustomer: { name: 'Olga', email: 'olga@clock.example' },
  })
  olga = await takePersonToken(service, 'olga@clock.example')
  const tom = { name: 'Tom', email: 'tom@clock.example', type: 'customer-tech' }
  const tomId = (await call(olga, 'POST', `${customer}/users`, tom)).body.id
  project = (await call(olga, 'POST', `${customer}/projects`, { name: 'shop' })).body.id
  const membership = { roles: ['compute:operate'], expiresAt: new Date(Date.now() + 50 * day).toISOString() }
  await call(olga, 'PUT', `${customer}/projects/${project}/members/${tomId}`, membership)
})

test('new items have the moved time, expired grants are over, and earlier tokens are accepted', async () => {
  expect(await mayTom()).toMatchObject({ decision: true })
  const before = Date.now()
  await moveClock(service, 100)
  const made = await serviceTime('later')
  expect(made).toBeGreaterThanOrEqual(before + 100 * day)
  expect(made).toBeLessThan(Date.now() + 100 * day + 1)
  expect(await mayTom()).toEqual(expired)
})

test('later tokens are accepted', async () => {
  const token = await takePersonToken(service, 'olga@clock.example')
  expect((await call(token, 'GET', '/v1/me')).status).toBe(200)
  const machine = await takeMachineToken(service, 'operator', 'ES256')
  expect((await call(machine, 'GET', '/v1/customers')).status).toBe(200)
})

test('later deliveries are accepted and applied', async () => {
  await deliver('evt_1', 'project.created', { name: 'ordered' })
  await untilDelivery('evt_1', 'applied')
})

test('due work is processed without a request', async () => {
  await deliver('evt_2', 'user.deleted', { user: 'nobody@clock.example' })
  await untilDelivery('evt_2', 'waiting')
  await moveClock(service, 2)
  await untilDelivery('evt_2', 'failed')
})

test('the clock does not move without the secret of its folder', async () => {
  const before = await serviceTime('before')
  const answer = await fetch(service.origin + clockPath, {
    method: 'POST',
    headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' },
    body: '{"days":100}',
  })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
  expect((await serviceTime('after')) - before).toBeLessThan(day)
})

test('after SIGKILL it continues in the moved time', async () => {
  const before = await serviceTime('before-kill')
  await running.stop('SIGKILL')
  await startAgain({ PORT: running.port })
  expect(await mayTom()).toEqual(expired)
  expect(await serviceTime('after-kill')).toBeGreaterThan(before)
  await moveClock(service, 1)
  expect(await serviceTime('moved')).toBeGreaterThanOrEqual(before + day)
})
