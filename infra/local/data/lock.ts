import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isEngine } from '../engine.ts'
import { errorCode, CliError } from '../cli-error.ts'
import { findProcesses, identify, isRunning, type ProcessIdentity, untilGone } from './processes.ts'

/** Content of the lock file: the process that owns the folder, and the engine that has its data open. */
type Claim = { service: ProcessIdentity; engine?: { pid: number; port: number } }

type Lock = {
  /** Writes the engine's process and port into the lock: the next start needs them after a crash. */
  nameEngine: (engine: { pid: number; port: number }) => void
  release: () => void
}

/**
 * Claims a folder for this process. After a crash it first removes the dead service's claim and ends its engine, before a
 * second one opens the same file.
 * @throws {CliError} when a running service has the folder
 */
export async function takeLock(folder: string, databasePath?: string): Promise<Lock> {
  const path = join(folder, 'lock.json')
  const claim: Claim = { service: identify(process.pid) }
  while (!create(path, claim)) await clearAway(path, folder, databasePath)
  const other = databasePath && findProcesses((argv) => isEngine(argv, { databasePath }))[0]
  if (other) {
    rmSync(path, { force: true })
    throw new CliError(`the data in ${folder} is open in process ${other}`)
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
    throw new CliError(`another latchkey (process ${claim.service.pid}) is using ${folder}`)
  await endOrphans(claim, databasePath)
  if (text !== undefined) removeUnchanged(path, text)
}

/** Kills the engine at once: no client waits for a response, and SQLite's log keeps acknowledged writes. */
async function endOrphans(claim: Claim | undefined, databasePath?: string): Promise<void> {
  const ours = databasePath ? { databasePath } : { port: claim?.engine?.port ?? 0 }
  for (const pid of findProcesses((argv) => isEngine(argv, ours))) {
    process.kill(pid, 'SIGKILL')
    if (!(await untilGone(pid, 5000))) throw new CliError(`process ${pid} does not release the data`)
  }
}

/** Two starts may remove the same stale lock: the later must not remove the new claim of the earlier. */
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

/** Creates the file atomically with its content; false if it exists. */
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
    throw new CliError(`cannot write ${aside}: ${errorCode(error)}`)
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new CliError(`cannot read ${path}: ${errorCode(error)}`)
  }
}

/** Undefined if it is no claim, such as an empty file after a crash: then no process owns the folder. */
function parse(text: string): Claim | undefined {
  try {
    const claim: Claim = JSON.parse(text)
    return Number.isInteger(claim?.service?.pid) ? claim : undefined
  } catch {
    return undefined
  }
}
