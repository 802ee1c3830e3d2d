import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll } from 'vitest'
import { outcomeOf, spawnLocal } from './run-node.ts'

/** Starts services as `npm start` does, on any free port unless told; those left are ended with the test file. */
export function serviceStarter(home: string) {
  const started: ReturnType<typeof spawnLocal>[] = []
  afterAll(() => Promise.all(started.map(endService)))
  return async (environment: Record<string, string>) => {
    const child = spawnLocal('main.ts', [], home, { PORT: '0', ...environment })
    started.push(child)
    const outcome = outcomeOf(child)
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])
    const origin = /^latchkey listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(String(line))?.[1]
    if (!origin) throw new Error(`no listening line: ${String(line)}`)
    const stop = async (signal: NodeJS.Signals) => {
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return child.exitCode
    }
    return { child, outcome, origin, port: new URL(origin).port, stop }
  }
}

/** Ends a service with SIGTERM, so that its engine ends too: killed, it would leave the engine behind. */
async function endService(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const impatience = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(impatience)
}
