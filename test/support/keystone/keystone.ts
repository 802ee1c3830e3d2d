import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/** MariaDB as operators have it: `utf8mb3_general_ci`, to which names that differ by case or accents are one. */
export type Database = 'sqlite' | 'mariadb'

export type TestKeystone = {
  authUrl: string
  /** Where its state is, with SQLite in `keystone.db`. */
  folder: string
  /** What its `openrc` would set: the administrator, and the project `admin`. */
  variables: Record<string, string>
  /** SIGTERM; its state stays. */
  stop: () => Promise<void>
  /** Again, on the same port with the same state. */
  start: () => Promise<void>
  /** Stops it and removes everything. */
  remove: () => Promise<void>
}

export type KeystoneOptions = {
  /** A folder from `makeKeystone`; a new one is made without, which takes some seconds more. */
  from?: string
  /** Further lines of `keystone.conf`. */
  settings?: string
}

const script = join(import.meta.dirname, 'keystone.sh')
const execute = promisify(execFile)
const startSeconds = 120

/** Installs the packages where they are missing and makes a Keystone to copy from; returns its folder. */
export async function makeKeystone(database: Database = 'sqlite'): Promise<string> {
  const folder = newFolder()
  await execute(script, ['install'])
  await execute(script, ['make', folder], { env: { ...process.env, KEYSTONE_DATABASE: database } })
  return folder
}

/** A real Keystone on a free port of loopback, which ends with this process. */
export async function startKeystone({ from, settings = '' }: KeystoneOptions = {}): Promise<TestKeystone> {
  const folder = newFolder()
  if (from) await execute(script, ['copy', from, folder])
  else {
    await execute(script, ['install'])
    await execute(script, ['make', folder])
  }
  const authUrl = `http://127.0.0.1:${read(folder, 'port')}/v3`
  const variables = {
    OS_AUTH_URL: authUrl,
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: 'RegionOne',
    OS_USERNAME: 'admin',
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_NAME: 'admin',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_PASSWORD: read(folder, 'admin-password'),
  }
  let child: ChildProcess | undefined
  const kill = () => void child?.kill('SIGKILL')

  const keystone: TestKeystone = {
    authUrl,
    folder,
    variables,
    async start() {
      const env = { ...process.env, KEYSTONE_SETTINGS: settings }
      child = spawn(script, ['run', folder], { env, stdio: 'ignore' })
      process.once('exit', kill)
      await untilReady(child, variables, folder)
    },
    async stop() {
      const running = child
      child = undefined
      process.off('exit', kill)
      if (running && running.exitCode === null && running.signalCode === null) {
        running.kill('SIGTERM')
        await once(running, 'exit')
      }
      await untilDatabaseEnds(folder)
    },
    async remove() {
      await keystone.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await keystone.start()
  } catch (error) {
    await keystone.remove()
    throw error
  }
  return keystone
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'latchkey-keystone-'))
}

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8').trim()
}

/** A MariaDB ends after its Keystone, and locks its files until then. */
async function untilDatabaseEnds(folder: string): Promise<void> {
  const deadline = performance.now() + startSeconds * 1000
  const pidFile = join(folder, 'mariadb.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8'))
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`MariaDB does not end: ${folder}`)
    await pause(20)
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** It listens before it can do anything; a login shows that it can. */
async function untilReady(child: ChildProcess, variables: Record<string, string>, folder: string) {
  const deadline = performance.now() + startSeconds * 1000
  while (performance.now() < deadline && child.exitCode === null) {
    if (await canLogIn(variables)) return
    await pause(50)
  }
  child.kill('SIGKILL')
  throw new Error(`Keystone does not start: ${read(folder, 'server.log').slice(-1000)}`)
}

async function canLogIn({ OS_AUTH_URL, OS_USERNAME, OS_PASSWORD }: Record<string, string>): Promise<boolean> {
  const user = { name: OS_USERNAME, domain: { id: 'default' }, password: OS_PASSWORD }
  try {
    const response = await fetch(`${OS_AUTH_URL}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } } } }),
      signal: AbortSignal.timeout(10_000),
    })
    return response.status === 201
  } catch {
    return false
  }
}
