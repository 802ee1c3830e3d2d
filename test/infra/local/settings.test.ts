import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CliError } from '../../../infra/local/cli-error.ts'
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

test('scripts of web pages may be let in', () => {
  const CORS_ORIGINS = 'https://panel.example,http://localhost:5173'
  expect(readSettings({ CORS_ORIGINS }).corsOrigins).toEqual(CORS_ORIGINS.split(','))
  expect(readSettings({ CORS_ORIGINS: '' })).not.toHaveProperty('corsOrigins')
})

test.each([
  { PORT: 'http' },
  { PORT: '70000' },
  { PORT: '-1' },
  { LATCHKEY_LOG: 'loud' },
  { DYNAMODB_ENDPOINT: 'here' },
  { CUSTOMER_ID_PATTERN: '(' },
  { CORS_ORIGINS: '*' },
  { CORS_ORIGINS: 'null' },
  { CORS_ORIGINS: 'panel.example' },
  { CORS_ORIGINS: 'https://panel.example/' },
  { CORS_ORIGINS: 'https://panel.example,' },
  { CORS_ORIGINS: 'ftp://panel.example' },
])('a setting that does not fit is named: %j', (environment) => {
  expect(() => readSettings(environment)).toThrow(new RegExp(`^${Object.keys(environment)[0]} is [^\\n]+$`))
})

const openrc = {
  OS_AUTH_URL: 'https://keystone.example:5000/v3',
  OS_USERNAME: 'latchkey',
  OS_PASSWORD: 's3cret',
  OS_PROJECT_NAME: 'admin',
}

test('OpenStack is on with an OS_AUTH_URL, and off without', () => {
  expect(readSettings(openrc).openstack).toMatchObject({ keystone: { authUrl: openrc.OS_AUTH_URL } })
  expect(readSettings({ ...openrc, OS_AUTH_URL: '' }).openstack).toBeUndefined()
})

test.each([
  { OS_AUTH_URL: 'keystone.example' },
  { OS_USERNAME: '' },
  { OS_PASSWORD: '' },
  { OS_PROJECT_NAME: '' },
  { OS_INTERFACE: 'secret' },
  { OS_PROJECT_DELETE: 'never' },
  { OS_ROLE_NAMES: '{"cdn":"member"}' },
  { OS_PROTOCOL: 'openid' },
  { OS_DRIFT: 'maybe' },
])('what of OpenStack does not fit is named in one plain line: %j', (wrong) => {
  const [name = ''] = Object.keys(wrong)
  const read = () => readSettings({ ...openrc, ...wrong })
  expect(read).toThrow(CliError)
  expect(read).toThrow(new RegExp(`^[^\\n]*${name}[^\\n]*$`))
  expect(read).not.toThrow(openrc.OS_PASSWORD)
})
