import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { takeLock } from '../../../infra/local/data/lock.ts'
import { identify, isRunning } from '../../../infra/local/data/processes.ts'
import { startEngine } from '../../../infra/local/engine.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const sleepers: ReturnType<typeof spawn>[] = []
afterAll(() => sleepers.forEach((sleeper) => sleeper.kill('SIGKILL')))

function fresh(name: string) {
  const folder = join(home, name)
  mkdirSync(folder)
  return { folder, database: join(folder, 'latchkey.db'), file: join(folder, 'lock.json') }
}

async function startSleeper(): Promise<number> {
  const sleeper = spawn('sleep', ['60'])
  sleepers.push(sleeper)
  await once(sleeper, 'spawn')
  return sleeper.pid ?? 0
}

/** The identity of a process that has ended. */
async function endedProcess() {
  const child = spawn('true')
  await once(child, 'close')
  return { pid: child.pid ?? 0, started: '1' }
}

test('names this process and its engine, and goes when released', async () => {
  const { folder, database, file } = fresh('mine')
  const lock = await takeLock(folder, database)
  lock.nameEngine({ pid: 7, port: 8 })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    service: identify(process.pid),
    engine: { pid: 7, port: 8 },
  })
  lock.release()
  expect(existsSync(file)).toBe(false)
})

test('is refused while another process that runs has it', async () => {
  const { folder, database, file } = fresh('taken')
  const pid = await startSleeper()
  const content = JSON.stringify({ service: identify(pid) })
  writeFileSync(file, content)
  await expect(takeLock(folder, database)).rejects.toThrow(
    `another latchkey (process ${pid}) is using ${folder}`,
  )
  expect(readFileSync(file, 'utf8')).toBe(content)
})

test.each([
  ['of a process that has ended', async () => JSON.stringify({ service: await endedProcess() })],
  [
    'of an id that another process has by now',
    async () => JSON.stringify({ service: { pid: await startSleeper(), started: '1' } }),
  ],
  ['that a crash left empty', async () => ''],
])('takes over a lock %s', async (what, content) => {
  const { folder, database, file } = fresh(what)
  writeFileSync(file, await content())
  const lock = await takeLock(folder, database)
  expect(JSON.parse(readFileSync(file, 'utf8')).service.pid).toBe(process.pid)
  lock.release()
})

test('only one of many takes over a stale lock', async () => {
  const { folder, database, file } = fresh('raced')
  writeFileSync(file, JSON.stringify({ service: await endedProcess() }))
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(folder, database)))
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('ends the engine of a dead service, whether or not the lock got to name it', async () => {
  for (const named of [true, false]) {
    const { folder, database, file } = fresh(`orphan-${named}`)
    const engine = await startEngine({ databasePath: database })
    writeFileSync(
      file,
      JSON.stringify({
        service: await endedProcess(),
        ...(named && { engine: { pid: engine.pid, port: engine.port } }),
      }),
    )
    const lock = await takeLock(folder, database)
    expect(isRunning({ pid: engine.pid })).toBe(false)
    await engine.ended
    lock.release()
  }
})

test('ends an engine in memory by its port', async () => {
  const { folder, file } = fresh('memory')
  const [orphan, other] = [await startEngine(), await startEngine()]
  writeFileSync(
    file,
    JSON.stringify({ service: await endedProcess(), engine: { pid: orphan.pid, port: orphan.port } }),
  )
  const lock = await takeLock(folder)
  expect([isRunning({ pid: orphan.pid }), isRunning({ pid: other.pid })]).toEqual([false, true])
  lock.release()
  other.kill()
  await other.ended
})

test('leaves alone a process that has an engine’s id by now', async () => {
  const { folder, database, file } = fresh('reused')
  const pid = await startSleeper()
  writeFileSync(file, JSON.stringify({ service: await endedProcess(), engine: { pid, port: 1 } }))
  const lock = await takeLock(folder, database)
  expect(isRunning({ pid })).toBe(true)
  lock.release()
})

test('is refused while an engine that nobody’s lock explains has the data open', async () => {
  const { folder, database, file } = fresh('foreign')
  const engine = await startEngine({ databasePath: database })
  await expect(takeLock(folder, database)).rejects.toThrow(`is open in process ${engine.pid}`)
  expect([isRunning({ pid: engine.pid }), existsSync(file)]).toEqual([true, false])
  engine.kill()
  await engine.ended
})
