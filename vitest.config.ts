import { defineConfig } from 'vitest/config'
import { isLong } from './test/support/long.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need Debian's packages: `npm run test:keystone`.
    exclude: ['test/keystone/**', '**/node_modules/**'],
    // Each file in a process of its own: several start an engine, and their engines end with them.
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    testTimeout: isLong ? 900_000 : 60_000,
    hookTimeout: 60_000,
  },
})
