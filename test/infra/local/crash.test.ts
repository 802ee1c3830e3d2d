import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { isRunning } from '../../../infra/local/data/processes.ts'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { isLong } from '../../support/long.ts'
import { orgFile, readOrg } from '../../support/orgs.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import { tenant } from '../../support/timeline.ts'
import { runLocal } from './run-node.ts'
import { serviceStarter } from './service-starter.ts'
import { temporaryFolder } from './temporary-folder.ts'

const engine = await startTestEngine()
const org = isLong ? 'kubernetes' : 'kubernetes-client'
const kills = isLong ? 10 : 2
const home = temporaryFolder()
const start = serviceStarter(home)
const customerId = tenant(readOrg(org)[0] ?? { id: '', type: '', timestamp: '', data: {} })

it('loses nothing that it acknowledged when it is killed again and again during a provisioning run', async () => {
  const data = join(home, 'data')
  let service = await start({ LATCHKEY_DATA: data })
  const environment = { PORT: service.port, LATCHKEY_DATA: data }
  const killed: number[] = []
  /** Kills its Node process alone, and its engine too every other time. */
  const kill = async () => {
    const lock: { engine: { pid: number } } = JSON.parse(readFileSync(join(data, 'lock.json'), 'utf8'))
    const stopped = service.stop('SIGKILL')
    if (killed.push(lock.engine.pid) % 2 === 0) process.kill(lock.engine.pid, 'SIGKILL')
    await stopped
  }
  let isSent = false
  const sender = runLocal('commands/provision.ts', [orgFile(org), '--concurrency', '8'], home, environment)
  void sender.then(() => (isSent = true))
  const random = new Random(kills)
  while (killed.length < kills && !isSent) {
    await pause(200 + random.below(isLong ? 2500 : 300))
    await kill()
    service = await start(environment)
  }
  const { code, stdout } = await sender
  expect(stdout).toContain(`${readOrg(org).length} applied, 0 superseded, 0 waiting, 0 failed`)
  expect(code).toBe(0)
  const exported = await runLocal('commands/export.ts', [customerId], home, environment)
  expect(exported.stdout.trimEnd().split('\n')).toEqual(await straightExport())
  // Each service has ended the engine of the one before.
  expect(killed.filter((pid) => isRunning({ pid }))).toEqual([])
  expect(await service.stop('SIGTERM')).toBe(0)
}, 900_000)

/** The export of a service that was never killed. */
async function straightExport(): Promise<string[]> {
  const { deliverAll, table, stop } = await startProvisioned(engine)
  await deliverAll(readOrg(org))
  const customer = await findCustomer(table, customerId)
  const lines = customer ? await exportCustomer(table, customer) : []
  await stop()
  return lines
}
