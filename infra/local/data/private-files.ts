import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { errorCode, CliError } from '../cli-error.ts'

/** Makes sure of a folder that only its owner may enter. @throws {CliError} */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if (!statSync(path).isDirectory()) throw new CliError(`${path} is not a folder`)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`cannot use the folder ${path}: ${trouble(errorCode(error))}`)
  }
}

/** The parsed content; undefined when there is no such file. @throws {CliError} */
export function readJson(path: string): unknown {
  const text = readText(path)
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    throw new CliError(`${path} is damaged: not JSON`)
  }
}

/** `writePrivate` of a value as JSON. */
export function writeJson(path: string, value: unknown): void {
  writePrivate(path, `${JSON.stringify(value, undefined, 2)}\n`)
}

/** Mode 0600, and in one step: a crash leaves the old content or the new. @throws {CliError} */
export function writePrivate(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${process.pid}`
  try {
    writeFileSync(aside, content, { mode: 0o600, flush: true })
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw new CliError(`cannot write ${path}: ${errorCode(error)}`)
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new CliError(`cannot read ${path}: ${errorCode(error)}`)
  }
}

const troubles: Record<string, string> = {
  EACCES: 'not permitted',
  EEXIST: 'it is not a folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
}

const trouble = (code = 'an unknown error') => troubles[code] ?? code
