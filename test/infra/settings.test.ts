import { RootConstruct } from 'constructs'
import { describe, expect, test } from 'vitest'
import { readSettings } from '../../infra/constructs/settings.ts'

function settings(context: Record<string, unknown>) {
  const { node } = new RootConstruct()
  for (const [name, value] of Object.entries(context)) node.setContext(name, value)
  return readSettings(node)
}

test('nobody gets in by default', () => {
  expect(settings({})).toEqual({
    issuer: 'https://issuer.invalid',
    operatorClients: [],
    checkClients: [],
    operatorGroups: [],
    corsOrigins: [],
    customerIdPattern: '^[A-Z]{3}[0-9]{6}$',
    openstack: false,
  })
})

test.each([
  ['on', true],
  ['off', false],
])('OpenStack may be %s', (openstack, expected) => {
  expect(settings({ openstack }).openstack).toBe(expected)
})

test('a list may be comma separated, as on the command line', () => {
  expect(settings({ operatorClients: 'console,batch' }).operatorClients).toEqual(['console', 'batch'])
})

test('a list may be an array, as in cdk.json', () => {
  expect(settings({ checkClients: ['panel'] }).checkClients).toEqual(['panel'])
})

test('scripts of web pages may be let in', () => {
  expect(settings({ corsOrigins: 'https://panel.example.com,https://b.example:8443' }).corsOrigins).toEqual([
    'https://panel.example.com',
    'https://b.example:8443',
  ])
})

test('reminders are sent from an address', () => {
  expect(settings({ mailFrom: 'latchkey@mail.example.com' }).mailFrom).toBe('latchkey@mail.example.com')
})

describe('is refused by name:', () => {
  test.each<[string, unknown]>([
    ['issuer', 'http://login.example.com'],
    ['issuer', ''],
    ['audience', 7],
    ['corsOrigins', '*'],
    ['corsOrigins', 'http://panel.example.com'],
    ['corsOrigins', ['https://panel.example.com/']],
    ['corsOrigins', 'https://PANEL.example.com'],
    ['operatorClients', 'console,,batch'],
    ['operatorGroups', ['two words']],
    ['checkClients', { panel: true }],
    ['customerIdPattern', '['],
    ['publicUrl', 'latchkey'],
    ['mailFrom', 'mail.example.com'],
    ['mailFrom', 'Latchkey <latchkey@example.com>'],
    ['mailFrom', '*@example.com'],
    ['openstack', 'yes'],
    ['openstack', true],
  ])('%s = %j', (name, value) => {
    expect(() => settings({ [name]: value })).toThrow(`${name} in the CDK context`)
  })
})
