import { rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { makeFolder, readJson, writeJson } from './private-files.ts'

const Running = v.object({ dataFolder: v.string() })

/** Where the commands find what they need of the service on a port; in memory, its keys and secrets too. */
export function runFolder(home: string, port: number): string {
  return join(home, 'run', String(port))
}

/** Tells the commands which data folder the service on this port uses. @throws {PlainError} */
export function announce(home: string, port: number, dataFolder: string): void {
  makeFolder(runFolder(home, port))
  writeJson(serviceFile(home, port), { dataFolder })
}

/** With `everything` the whole folder goes: the keys and secrets of data that is gone. */
export function withdraw(home: string, port: number, { everything }: { everything: boolean }): void {
  if (everything) return rmSync(runFolder(home, port), { recursive: true, force: true })
  rmSync(serviceFile(home, port), { force: true })
  try {
    rmdirSync(runFolder(home, port))
  } catch {
    // Something else is in it, such as what a run in memory left when it crashed.
  }
}

/** The data folder of the service on this port, also of one that crashed; undefined when there is none. */
export function findDataFolder(home: string, port: number): string | undefined {
  const running = v.safeParse(Running, readJson(serviceFile(home, port)))
  return running.success ? running.output.dataFolder : undefined
}

const serviceFile = (home: string, port: number) => join(runFolder(home, port), 'service.json')
