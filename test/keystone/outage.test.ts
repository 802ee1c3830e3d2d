import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { createApi } from '../../functions/api/app.ts'
import { createConsistencyTokens } from '../../shared/auth/consistency-token.ts'
import { createCursorCodec } from '../../shared/auth/cursor.ts'
import { createTokenVerifier } from '../../shared/auth/tokens.ts'
import { defaultCustomerIdPattern } from '../../shared/domain/entities/customer.ts'
import { createReportKeys } from '../../shared/reviews/report/keys.ts'
import { startTestEngine } from '../support/engine.ts'
import { makeHistory } from '../support/history.ts'
import { compare } from '../support/keystone/equal.ts'
import { startSync } from '../support/keystone/sync.ts'
import { connectTo, ownKeystone } from '../support/keystone/shared.ts'
import { readOrg } from '../support/orgs.ts'
import { startIssuer } from '../support/tokens.ts'

const engine = await startTestEngine()
const customerId = 'ETC000005'
const changes = 200

it('Keystone is in sync soon after an outage, and the API answers meanwhile', async () => {
  const own = await ownKeystone()
  const sync = await startSync(engine, { keystone: connectTo(own.variables, { attempts: 2 }) })
  const { table, openstack, lines } = sync
  const ask = await startPanel(table)
  const history = makeHistory(readOrg('etcd-io'), { seed: 3, rate: 0.9 })
  const [before, after] = [history.slice(0, -changes), history.slice(-changes)]
  await sync.deliverAll(before)
  await sync.untilSettled({ seconds: 120 })
  expect(await ask('/v1/openstack')).toMatchObject({ state: 'on', projects: { pending: 0 } })

  await own.stop()
  for (const event of after) {
    await sync.record(event)
    await ask(`/v1/customers/${customerId}/projects?limit=5`)
  }
  await sync.settle()
  await openstack.sweep()
  const status = await ask('/v1/openstack')
  expect(Number((status.projects as Record<string, unknown>).pending)).toBeGreaterThan(5)
  expect(status.oldestPending).toMatchObject({ customerId })
  expect(lines.filter(({ message }) => message === "Keystone can't be reached")).toHaveLength(1)

  await own.start()
  await sync.untilSettled({ seconds: 120 })
  const { expected: should, actual: is } = await compare(table, connectTo(own.variables), customerId)
  expect(is).toEqual(should)
  expect(lines.filter(({ message }) => message === 'Keystone can be reached again')).toHaveLength(1)
  expect(await ask('/v1/openstack')).toMatchObject({ projects: { pending: 0, failed: 0 } })
}, 300_000)

/** The API as an operator asks it; every answer has to be 200. */
async function startPanel(table: Parameters<typeof createApi>[0]['table']) {
  const issuer = await startIssuer()
  const api = createApi({
    table,
    verifyToken: createTokenVerifier(issuer.config),
    cursors: createCursorCodec('a secret of the tests'),
    consistency: createConsistencyTokens('a secret of the tests'),
    publicUrl: 'https://latchkey.test',
    audience: 'https://latchkey.test',
    issuer: issuer.url,
    now: () => new Date(),
    log: () => undefined,
    customerIdPattern: new RegExp(defaultCustomerIdPattern),
    sources: ['orders'],
    openstack: true,
    reportKeys: createReportKeys(
      async () => '{}',
      () => new Date(),
    ),
    openApi: () => readFile('functions/api/openapi.json', 'utf8'),
  })
  const token = await issuer.token({ sub: 'ops', client_id: 'ops', scope: 'operator' })
  return async (path: string): Promise<Record<string, unknown>> => {
    const response = await api.request(path, { headers: { authorization: `Bearer ${token}` } })
    expect(response.status).toBe(200)
    return response.json() as Promise<Record<string, unknown>>
  }
}
