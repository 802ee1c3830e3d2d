import { statSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { readJson, writeJson } from './private-files.ts'

/** Grows with every change of the table's keys, indexes or attributes: there is no migration of local data. */
const format = 2

const pathOf = (folder: string) => join(folder, 'format.json')

/**
 * Refuses data that another version of Latchkey has written, before anything in the folder is touched: its items would not be
 * found under today's keys. @throws {CliError}
 */
export function refuseOtherFormat(folder: string, databaseFile: string): void {
  if (!holdsData(databaseFile) || formatOf(readJson(pathOf(folder))) === format) return
  throw new CliError(
    `the data in ${folder} is of another version of Latchkey: move the folder away, or name another one in LATCHKEY_DATA, to begin anew`,
  )
}

/** Says which version writes here. Goes before the first data, so that a crash between the two leaves a folder that can be used. */
export function nameFormat(folder: string): void {
  if (formatOf(readJson(pathOf(folder))) !== format) writeJson(pathOf(folder), { format })
}

function holdsData(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  return found !== undefined && found.isFile() && found.size > 0
}

const formatOf = (content: unknown): unknown =>
  typeof content === 'object' && content !== null && 'format' in content ? content.format : undefined
