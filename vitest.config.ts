import { defineConfig } from 'vitest/config'
import { isLong } from './test/support/long.ts'

/** Tests of handlers set the environment of their process, which a handler reads once. */
const alone = ['test/functions/*/handler.test.ts']

/** What the suites have in common. */
export const common = {
  pool: 'forks',
  testTimeout: isLong ? 900_000 : 60_000,
  hookTimeout: 60_000,
} as const

// These need Debian's packages: `npm run test:keystone`.
const exclude = ['test/keystone/**', '**/node_modules/**']

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // Files share a process: loading the modules for each took a fifth of the time. Each file has a table of its
        // own, and vitest restores what it spies on.
        test: {
          ...common,
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...alone],
          isolate: false,
        },
      },
      { test: { ...common, name: 'alone', include: alone, exclude, isolate: true } },
    ],
  },
})
