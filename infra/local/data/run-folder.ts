import { rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { makeFolder, readJson, writeJson } from './private-files.ts'

const Running = v.object({ dataFolder: v.string() })

/** The folder by which commands find the service on a port; for a service in memory it has the keys and secrets too. */
export function runFolder(home: string, port: number): string {
  return join(home, 'run', String(port))
}

/** Tells the commands which data folder the service on this port uses. @throws {CliError} */
export function announce(home: string, port: number, dataFolder: string): void {
  makeFolder(runFolder(home, port))
  writeJson(serviceFile(home, port), { dataFolder })
}

/** `everything` deletes the whole folder: keys and secrets of data that is gone. */
export function withdraw(home: string, port: number, { everything }: { everything: boolean }): void {
  if (everything) return rmSync(runFolder(home, port), { recursive: true, force: true })
  rmSync(serviceFile(home, port), { force: true })
  try {
    rmdirSync(runFolder(home, port))
  } catch {
    // The folder has other files, such as those of a crashed run in memory.
  }
}

/** The data folder of the service on this port, also of one that crashed; undefined when there is none. */
export function findDataFolder(home: string, port: number): string | undefined {
  const running = v.safeParse(Running, readJson(serviceFile(home, port)))
  return running.success ? running.output.dataFolder : undefined
}

const serviceFile = (home: string, port: number) => join(runFolder(home, port), 'service.json')
