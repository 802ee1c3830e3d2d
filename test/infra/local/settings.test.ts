import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../../infra/local/settings.ts'

test('an empty environment means port 3000, data in .latchkey and the embedded engine', () => {
  expect(readSettings({})).toEqual({
    port: 3000,
    home: resolve('.latchkey'),
    dataFolder: resolve('.latchkey'),
    customerIdPattern: /^[A-Z]{3}[0-9]{6}$/,
    logLevel: 'warn',
  })
})

test('data can be elsewhere or in memory, and the database somebody else’s', () => {
  expect(readSettings({ LATCHKEY_DATA: '/elsewhere', PORT: '8080' })).toMatchObject({
    port: 8080,
    dataFolder: '/elsewhere',
  })
  expect(readSettings({ LATCHKEY_DATA: ':memory:' })).not.toHaveProperty('dataFolder')
  expect(readSettings({ DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' }).endpoint).toBe('http://127.0.0.1:8000')
})

test.each([
  { PORT: 'http' },
  { PORT: '70000' },
  { PORT: '-1' },
  { LATCHKEY_LOG: 'loud' },
  { DYNAMODB_ENDPOINT: 'here' },
  { CUSTOMER_ID_PATTERN: '(' },
])('a setting that does not fit is named: %j', (environment) => {
  expect(() => readSettings(environment)).toThrow(new RegExp(`^${Object.keys(environment)[0]} is [^\\n]+$`))
})
