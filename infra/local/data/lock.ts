import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isEngine } from '../engine.ts'
import { errorCode, PlainError } from '../plain-error.ts'
import { findProcesses, identify, isRunning, type ProcessIdentity, untilGone } from './processes.ts'

/** What the lock file says: whose the folder is, and the engine that has its data open. */
type Claim = { service: ProcessIdentity; engine?: { pid: number; port: number } }

export type Lock = {
  /** Puts the engine's process and port into the lock, for whoever comes after a crash. */
  nameEngine: (engine: { pid: number; port: number }) => void
  release: () => void
}

/**
 * Claims a folder for this process. What a crash left is cleared away first: the dead service's claim, and its engine,
 * before a second one opens the same file.
 * @throws {PlainError} when a running service has the folder
 */
export async function takeLock(folder: string, databasePath?: string): Promise<Lock> {
  const path = join(folder, 'lock.json')
  const claim: Claim = { service: identify(process.pid) }
  while (!create(path, claim)) await clearAway(path, folder, databasePath)
  const other = databasePath && findProcesses((argv) => isEngine(argv, { databasePath }))[0]
  if (other) {
    rmSync(path, { force: true })
    throw new PlainError(`the data in ${folder} is open in process ${other}`)
  }
  return {
    nameEngine: ({ pid, port }) => renameSync(write(path, { ...claim, engine: { pid, port } }), path),
    release: () => rmSync(path, { force: true }),
  }
}

async function clearAway(path: string, folder: string, databasePath?: string): Promise<void> {
  const text = read(path)
  const claim = text === undefined ? undefined : parse(text)
  if (claim && isRunning(claim.service))
    throw new PlainError(`another latchkey (process ${claim.service.pid}) is using ${folder}`)
  await endOrphans(claim, databasePath)
  if (text !== undefined) removeUnchanged(path, text)
}

/** Killed, not asked: nobody waits for an answer any more, and SQLite's log keeps what was acknowledged. */
async function endOrphans(claim: Claim | undefined, databasePath?: string): Promise<void> {
  const ours = databasePath ? { databasePath } : { port: claim?.engine?.port ?? 0 }
  for (const pid of findProcesses((argv) => isEngine(argv, ours))) {
    process.kill(pid, 'SIGKILL')
    if (!(await untilGone(pid, 5000))) throw new PlainError(`process ${pid} does not let go of the data`)
  }
}

/** Two starts may clear the same stale lock: the later must not remove the claim that the earlier has just made. */
function removeUnchanged(path: string, text: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (read(aside) !== text) linkSync(aside, path)
    rmSync(aside, { force: true })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error
  }
}

/** Appears with its content or not at all; false when there is one already. */
function create(path: string, claim: Claim): boolean {
  const aside = write(path, claim)
  try {
    linkSync(aside, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(aside, { force: true })
  }
}

function write(path: string, claim: Claim): string {
  const aside = `${path}.${process.pid}`
  try {
    writeFileSync(aside, `${JSON.stringify(claim)}\n`, { mode: 0o600 })
    return aside
  } catch (error) {
    throw new PlainError(`cannot write ${aside}: ${errorCode(error)}`)
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new PlainError(`cannot read ${path}: ${errorCode(error)}`)
  }
}

/** Undefined when it isn't a claim, such as a file that a crash left empty: then nobody holds it. */
function parse(text: string): Claim | undefined {
  try {
    const claim: Claim = JSON.parse(text)
    return Number.isInteger(claim?.service?.pid) ? claim : undefined
  } catch {
    return undefined
  }
}
