import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll } from 'vitest'
import { spawnLocal } from './run-node.ts'

/** Starts services as `npm start` does, on any free port unless told; those left are killed at the test file's end. */
export function serviceStarter(home: string) {
  const started: ReturnType<typeof spawnLocal>[] = []
  afterAll(() => started.forEach((child) => child.kill('SIGKILL')))
  return async (environment: Record<string, string>) => {
    const child = spawnLocal('main.ts', [], home, { PORT: '0', ...environment })
    started.push(child)
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
    const origin = /^latchkey listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(String(line))?.[1]
    if (!origin) throw new Error(`no listening line: ${String(line)}`)
    const stop = async (signal: NodeJS.Signals) => {
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return child.exitCode
    }
    return { child, origin, port: new URL(origin).port, stop }
  }
}
