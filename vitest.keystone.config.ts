import { defineConfig } from 'vitest/config'
import type { Database } from './test/support/keystone/keystone.ts'
import base from './vitest.config.ts'

/** Where what a database takes for one name makes a difference. */
const named = ['names', 'characters', 'client', 'plan', 'refusals', 'follows', 'federation', 'orgs']
const files: Record<Database, string[]> = {
  sqlite: ['test/keystone/**/*.test.ts'],
  mariadb: named.map((name) => `test/keystone/${name}.test.ts`),
}
const { KEYSTONE_DATABASES = 'sqlite,mariadb' } = process.env
const databases = KEYSTONE_DATABASES.split(',').filter((name): name is Database => name in files)

/** The tests with a real Keystone: one that is started for all of them on a database, and some with one of their own. */
export default defineConfig({
  test: {
    // What projects don't say themselves; of lists they take both.
    maxWorkers: base.test?.maxWorkers ?? 1,
    projects: databases.map((database) => ({
      test: {
        ...base.test,
        name: database,
        include: files[database],
        exclude: [],
        provide: { database },
        globalSetup: ['test/support/keystone/global-setup.ts'],
      },
    })),
  },
})
