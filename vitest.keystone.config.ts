import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** The tests with a real Keystone: one that is started for all of them, and some with one of their own. */
export default defineConfig({
  test: {
    ...base.test,
    include: ['test/keystone/**/*.test.ts'],
    exclude: [],
    globalSetup: ['test/support/keystone/global-setup.ts'],
  },
})
