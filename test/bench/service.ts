import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { outcomeOf, spawnLocal } from '../infra/local/run-node.ts'

/** A folder that is gone after the work, whatever becomes of it. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The real service, in processes of its own, on data in this folder. */
export async function startService(home: string) {
  const start = performance.now()
  const data = join(home, 'data')
  const child = spawnLocal('main.ts', [], home, { PORT: '0', LATCHKEY_DATA: data })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (log = `${log}${text}`.slice(-1_000)))
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
  const milliseconds = performance.now() - start
  const port = /^latchkey listening on http:\/\/127\.0\.0\.1:(\d+)$/.exec(String(line))?.[1]
  if (port === undefined) throw new Error(`the service does not start: ${log}`)
  const command = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await outcomeOf(
      spawnLocal(`commands/${name}.ts`, args, home, { PORT: port }),
    )
    if (code !== 0)
      throw new Error(`${name} failed: ${stdout.slice(-500)}${stderr.slice(-500)}\nThe service: ${log}`)
    return stdout.trim()
  }
  const lock: { engine: { pid: number } } = JSON.parse(readFileSync(join(data, 'lock.json'), 'utf8'))
  return {
    /** From starting the process to the line that says that it accepts requests. */
    milliseconds,
    pid: child.pid ?? 0,
    enginePid: lock.engine.pid,
    /** Posts the file and waits until all of it is applied. */
    provision: (file: string) => command('provision', file),
    /** When the last thing happened to a customer. */
    async lastChange(customerId: string): Promise<Date> {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/customers/${customerId}/events?limit=1`, {
        headers: { authorization: `Bearer ${await command('token', 'operator')}` },
      })
      const { items } = (await answer.json()) as { items?: { at: string }[] }
      return new Date(items?.[0]?.at ?? Number.NaN)
    },
    async stop(): Promise<void> {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs the work with the service up, and ends it in any case. */
export async function withService<T>(
  home: string,
  work: (service: Awaited<ReturnType<typeof startService>>) => Promise<T>,
): Promise<T> {
  const service = await startService(home)
  try {
    return await work(service)
  } finally {
    await service.stop()
  }
}
