import { defineConfig } from 'vitest/config'
import { databases, files } from './test/support/keystone/databases.ts'
import { isLong } from './test/support/long.ts'
import { common } from './vitest.config.ts'

/** The tests with a real Keystone: one that is started for all of them on a database, and some with one of their own. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: databases.map((database) => ({
      test: {
        ...common,
        isolate: true,
        name: database,
        testTimeout: isLong ? 900_000 : 120_000,
        hookTimeout: 120_000,
        ...files[database],
        provide: { database },
        globalSetup: ['test/support/keystone/global-setup.ts'],
      },
    })),
  },
})
