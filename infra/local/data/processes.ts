import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A process by its id and, where `/proc` has it, its start time: ids are reused. */
export type ProcessIdentity = { pid: number; started?: string }

export function identify(pid: number): ProcessIdentity {
  const started = readStat(pid)?.started
  return started === undefined ? { pid } : { pid, started }
}

/** True while this process runs; a zombie doesn't. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  const stat = readStat(pid)
  if (stat) return stat.state !== 'Z' && stat.state !== 'X' && (!started || stat.started === started)
  return process.platform !== 'linux' && answersSignals(pid)
}

/** Ids of the running processes whose arguments satisfy the test; none without `/proc`. */
export function findProcesses(matches: (argv: string[]) => boolean): number[] {
  return listPids().filter((pid) => matches(readArguments(pid)) && isRunning({ pid }))
}

/** Resolves once the process is gone, or to false after `milliseconds`. */
export async function untilGone(pid: number, milliseconds: number): Promise<boolean> {
  const identity = identify(pid)
  const deadline = performance.now() + milliseconds
  while (isRunning(identity)) {
    if (performance.now() > deadline) return false
    await pause(10)
  }
  return true
}

function listPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

function readArguments(pid: number): string[] {
  return readProc(pid, 'cmdline')?.split('\0').slice(0, -1) ?? []
}

/** State and start time, fields 3 and 22 of proc_pid_stat(5); the name before them may have spaces and brackets. */
function readStat(pid: number): { state: string; started: string } | undefined {
  const stat = readProc(pid, 'stat')
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, started] = [fields?.[0], fields?.[19]]
  return state && started ? { state, started } : undefined
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return undefined
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
