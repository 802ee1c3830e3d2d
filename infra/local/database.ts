import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { databasePath } from './data/data-folder.ts'
import { nameFormat, refuseOtherFormat } from './data/format.ts'
import { takeLock } from './data/lock.ts'
import { makeFolder } from './data/private-files.ts'
import { startEngine } from './engine.ts'
import { errorCode, CliError } from './cli-error.ts'
import type { Settings } from './settings.ts'

export type Database = {
  endpoint: string
  /** Resolves when it has ended; never for an external one. */
  ended: Promise<void>
  close: () => Promise<void>
}

/** Claims the folder and starts the engine on its data, or in memory, or takes the one of the settings. @throws {CliError} */
export async function openDatabase(folder: string, settings: Settings): Promise<Database> {
  const file = settings.dataFolder && databasePath(folder)
  if (file) refuseOtherFormat(folder, file)
  makeFolder(folder)
  const lock = await takeLock(folder, file)
  try {
    if (settings.endpoint)
      return { endpoint: settings.endpoint, ended: new Promise(() => {}), close: async () => lock.release() }
    if (file) {
      nameFormat(folder)
      makePrivate(file)
    }
    const engine = await startEngine({
      logPath: join(folder, 'engine.log'),
      ...(file && { databasePath: file }),
    })
    lock.nameEngine(engine)
    const close = async () => {
      await engine.stop()
      lock.release()
    }
    return { endpoint: engine.endpoint, ended: engine.ended, close }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** The engine would create a file that other users can read. Files that it creates beside it inherit its mode. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a+', 0o600))
  } catch (error) {
    throw new CliError(`cannot open ${file}: ${errorCode(error)}`)
  }
}
