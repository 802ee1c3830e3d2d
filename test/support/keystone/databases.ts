import type { Database } from './keystone.ts'

const of = (...names: string[]) => names.map((name) => `test/keystone/${name}.test.ts`)
/** SQLite distinguishes all names and stores every character. */
const mariadbOnly = of('names', 'characters')

const { KEYSTONE_DATABASES = 'sqlite,mariadb' } = process.env
const isDatabase = (name: string): name is Database => name === 'sqlite' || name === 'mariadb'
export const databases = KEYSTONE_DATABASES.split(',').filter(isDatabase)

/** Whole organisations take a minute, and run on the database that operators use. */
const longest = databases.includes('mariadb') ? of('orgs') : []

/** Tests by database. */
export const files: Record<Database, { include: string[]; exclude: string[] }> = {
  sqlite: { include: ['test/keystone/**/*.test.ts'], exclude: [...mariadbOnly, ...longest] },
  // Searches by name, tag and identity; the other tests are about connections, order and faults.
  mariadb: {
    include: [...mariadbOnly, ...of('client', 'plan', 'refusals', 'follows', 'federation', 'orgs')],
    exclude: [],
  },
}
