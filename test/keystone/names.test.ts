import { expect, it } from 'vitest'
import { database, sharedKeystone } from '../support/keystone/shared.ts'
it('x', () => {
  console.log(database, sharedKeystone().OS_AUTH_URL)
  expect(1).toBe(1)
})
