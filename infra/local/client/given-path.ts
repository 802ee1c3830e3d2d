import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** Where a file is that was named at the terminal: npm runs scripts in the package's folder and tells where it was called. */
export function givenPath(file: string, environment: NodeJS.ProcessEnv): string {
  return existsSync(file) ? file : resolve(environment.INIT_CWD ?? '', file)
}
