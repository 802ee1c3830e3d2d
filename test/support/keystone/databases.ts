import type { Database } from './keystone.ts'

const of = (...names: string[]) => names.map((name) => `test/keystone/${name}.test.ts`)
/** To SQLite no two names are one, and it keeps every character. */
const mariadbOnly = of('names', 'characters')

/** Which tests run over which database. */
export const files: Record<Database, { include: string[]; exclude: string[] }> = {
  sqlite: { include: ['test/keystone/**/*.test.ts'], exclude: mariadbOnly },
  // Where names, tags and identities are looked for; the rest is about connections, order and faults.
  mariadb: {
    include: [...mariadbOnly, ...of('client', 'plan', 'refusals', 'follows', 'federation', 'orgs')],
    exclude: [],
  },
}

const { KEYSTONE_DATABASES = 'sqlite,mariadb' } = process.env

export const databases = KEYSTONE_DATABASES.split(',').filter((name): name is Database => name in files)
