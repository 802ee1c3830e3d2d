import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProcesses, isRunning } from '../../../infra/local/data/processes.ts'
import { runLocal } from './run-node.ts'
import { serviceStarter } from './service-starter.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const start = serviceStarter(home)

const lockOf = (folder: string): { service: { pid: number }; engine: { pid: number } } =>
  JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'))
const fail = async (environment: Record<string, string>) =>
  runLocal('main.ts', [], home, { PORT: '0', ...environment })

test('the service answers until SIGTERM, alone on its folder, then ends its engine and leaves only its data', async () => {
  const folder = join(home, 'folder')
  const service = await start({ LATCHKEY_DATA: folder })
  const second = await fail({ LATCHKEY_DATA: folder })
  const stderr = `latchkey: another latchkey (process ${service.child.pid}) is using ${folder}\n`
  expect(second).toEqual({ code: 1, stdout: '', stderr })
  expect((await fetch(`${service.origin}/healthz`)).status).toBe(200)
  const { engine } = lockOf(folder)
  expect(await service.stop('SIGTERM')).toBe(0)
  expect(isRunning({ pid: engine.pid })).toBe(false)
  expect(existsSync(join(folder, 'lock.json'))).toBe(false)
  expect(existsSync(join(home, '.latchkey/run', service.port))).toBe(false)
  expect(existsSync(join(folder, 'latchkey.db'))).toBe(true)
}, 120_000)

test('ends by itself, with one line, when its engine dies', async () => {
  const folder = join(home, 'engine-dies')
  const service = await start({ LATCHKEY_DATA: folder })
  process.kill(lockOf(folder).engine.pid, 'SIGKILL')
  expect(await service.outcome).toMatchObject({
    code: 1,
    stderr: 'latchkey: the embedded database has ended\n',
  })
})

test('in memory, keys and secrets live in the run folder as long as the service', async () => {
  const service = await start({ LATCHKEY_DATA: ':memory:' })
  const folder = join(home, '.latchkey/run', service.port)
  expect(existsSync(join(folder, 'keys.json'))).toBe(true)
  const token = await runLocal('commands/token.ts', ['operator'], home, { PORT: service.port })
  const answer = await fetch(`${service.origin}/v1/customers`, {
    headers: { authorization: `Bearer ${token.stdout.trim()}` },
  })
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { items: [] } })
  expect(await service.stop('SIGINT')).toBe(0)
  expect(existsSync(folder)).toBe(false)
})

test('a broken folder is an error in one line, with no engine left', async () => {
  const folder = join(home, 'broken')
  mkdirSync(folder)
  writeFileSync(join(folder, 'latchkey.db'), 'not a database'.repeat(500))
  writeFileSync(join(folder, 'format.json'), '{"format":2}')
  const { code, stdout, stderr } = await fail({ LATCHKEY_DATA: folder })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(
    /^latchkey: the embedded database does not start: Database file is .*not a valid.*\n$/,
  )
  expect(findProcesses((argv) => argv.includes(join(folder, 'latchkey.db')))).toEqual([])
})

test('a port in use is an error in one line, before anything is made', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const folder = join(home, 'no-port')
  const stderr = `latchkey: port ${port} of 127.0.0.1 is in use: PORT chooses another\n`
  expect(await fail({ LATCHKEY_DATA: folder, PORT: String(port) })).toEqual({ code: 1, stdout: '', stderr })
  expect(existsSync(folder)).toBe(false)
  server.close()
})
