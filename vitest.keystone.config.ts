import { defineConfig } from 'vitest/config'
import type { Database } from './test/support/keystone/keystone.ts'
import { isLong } from './test/support/long.ts'
import base from './vitest.config.ts'

const of = (...names: string[]) => names.map((name) => `test/keystone/${name}.test.ts`)
/** To SQLite no two names are one, and it keeps every character. */
const mariadbOnly = of('names', 'characters')
const files: Record<Database, { include: string[]; exclude: string[] }> = {
  sqlite: { include: ['test/keystone/**/*.test.ts'], exclude: mariadbOnly },
  // Where names, tags and identities are looked for; the rest is about connections and order.
  mariadb: {
    include: [...mariadbOnly, ...of('client', 'plan', 'refusals', 'follows', 'federation', 'orgs')],
    exclude: [],
  },
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
        testTimeout: isLong ? 900_000 : 120_000,
        hookTimeout: 120_000,
        ...files[database],
        provide: { database },
        globalSetup: ['test/support/keystone/global-setup.ts'],
      },
    })),
  },
})
