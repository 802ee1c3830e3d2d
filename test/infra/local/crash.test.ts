import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { exportCustomer } from '../../../shared/directory/customers/export-customer.ts'
import { findCustomer } from '../../../shared/records/customers.ts'
import { startTestEngine } from '../../support/engine.ts'
import { isLong } from '../../support/long.ts'
import { orgFile, readOrg } from '../../support/orgs.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import { tenant } from '../../support/timeline.ts'

const engine = await startTestEngine()
const org = isLong ? 'kubernetes' : 'kubernetes-client'
const kills = isLong ? 10 : 2
const folder = mkdtempSync(join(tmpdir(), 'latchkey-crash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Victims = 'the service and its engine' | 'its Node process alone'

it.each<Victims>(['the service and its engine', 'its Node process alone'])(
  'loses nothing that it acknowledged when %s is killed again and again during a provisioning run',
  async (victims) => {
    const data = join(folder, victims.replaceAll(' ', '-'))
    const environment = { ...process.env, PORT: String(await freePort()), LATCHKEY_DATA: data }
    let service = await start(environment)
    const sender = run(environment, 'infra/local/commands/provision.ts', orgFile(org), '--concurrency', '8')
    const random = new Random(kills)
    for (let kill = 0; kill < kills && sender.child.exitCode === null; kill++) {
      await pause(200 + random.below(isLong ? 2500 : 300))
      await end(service, data, victims)
      service = await start(environment)
    }
    const { code, output } = await sender.done
    expect(output).toContain(`${readOrg(org).length} applied, 0 superseded, 0 waiting, 0 failed`)
    expect(code).toBe(0)
    const exported = await run(environment, 'infra/local/commands/export.ts', customerId).done
    service.kill('SIGTERM')
    await once(service, 'exit')
    expect(exported.output.trimEnd().split('\n')).toEqual(await straightExport())
  },
  900_000,
)

const customerId = tenant(readOrg(org)[0] ?? { id: '', type: '', timestamp: '', data: {} })

async function straightExport(): Promise<string[]> {
  const provisioned = await startProvisioned(engine)
  await provisioned.deliverAll(readOrg(org))
  const customer = await findCustomer(provisioned.table, customerId)
  return customer ? exportCustomer(provisioned.table, customer) : []
}

async function start(environment: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['infra/local/main.ts'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const chunk of child.stdout) if (String(chunk).includes('listening')) return child
  throw new Error('the service ended before it listened')
}

async function end(service: ChildProcess, data: string, victims: Victims): Promise<void> {
  const lock: { engine?: { pid: number } } = JSON.parse(readFileSync(join(data, 'lock.json'), 'utf8'))
  service.kill('SIGKILL')
  if (victims === 'the service and its engine' && lock.engine) process.kill(lock.engine.pid, 'SIGKILL')
  await once(service, 'exit')
}

function run(environment: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.resume()
  const done = once(child, 'close').then(([code]) => ({ code: Number(code), output }))
  return { child, done }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
