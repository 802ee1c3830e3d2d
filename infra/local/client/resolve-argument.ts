import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** The path of a file argument: npm runs scripts in the package's folder, and `INIT_CWD` is the caller's. */
export function resolveArgument(file: string, environment: NodeJS.ProcessEnv): string {
  return existsSync(file) ? file : resolve(environment.INIT_CWD ?? '', file)
}
