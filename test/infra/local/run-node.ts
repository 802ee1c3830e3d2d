import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

export type Outcome = { code: number | null; stdout: string; stderr: string }

const root = resolve(import.meta.dirname, '../../..')

/** A file of `infra/local` as its own process, with `cwd` for a home. */
export function spawnLocal(file: string, args: string[], cwd: string, environment: Record<string, string>) {
  return spawn(process.execPath, [resolve(root, 'infra/local', file), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export async function runLocal(
  file: string,
  args: string[],
  cwd: string,
  environment: Record<string, string>,
) {
  return outcomeOf(spawnLocal(file, args, cwd, environment))
}

export async function outcomeOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Outcome> {
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, stdout, stderr }
}
