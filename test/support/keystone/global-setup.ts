import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { type Database, makeKeystone, startKeystone } from './keystone.ts'

declare module 'vitest' {
  interface ProvidedContext {
    keystone: { template: string; variables: Record<string, string> }
    database: Database
  }
}

/** One Keystone for all files of a run on one database, and the template of others. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = await makeKeystone(project.config.provide.database)
  const keystone = await startKeystone({ from: template })
  project.provide('keystone', { template, variables: keystone.variables })
  return async () => {
    await keystone.remove()
    rmSync(template, { recursive: true, force: true })
  }
}
