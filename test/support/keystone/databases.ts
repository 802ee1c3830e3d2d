import type { Database } from './keystone.ts'

const of = (...names: string[]) => names.map((name) => `test/keystone/${name}.test.ts`)
/** To SQLite no two names are one, and it keeps every character. */
const mariadbOnly = of('names', 'characters')

const { KEYSTONE_DATABASES = 'sqlite,mariadb' } = process.env
const isDatabase = (name: string): name is Database => name === 'sqlite' || name === 'mariadb'
export const databases = KEYSTONE_DATABASES.split(',').filter(isDatabase)

/** Whole organisations take a minute, and are tried over the database that operators have. */
const longest = databases.includes('mariadb') ? of('orgs') : []

/** Which tests run over which database. */
export const files: Record<Database, { include: string[]; exclude: string[] }> = {
  sqlite: { include: ['test/keystone/**/*.test.ts'], exclude: [...mariadbOnly, ...longest] },
  // Where names, tags and identities are looked for; the rest is about connections, order and faults.
  mariadb: {
    include: [...mariadbOnly, ...of('client', 'plan', 'refusals', 'follows', 'federation', 'orgs')],
    exclude: [],
  },
}
