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
  ['OpenStack on', { openstack: 'on' }, { openstack: true }],
  ['OpenStack off', { openstack: 'off' }, { openstack: false }],
  ['a list with commas', { operatorClients: 'console,batch' }, { operatorClients: ['console', 'batch'] }],
  ['a list of cdk.json', { checkClients: ['panel'] }, { checkClients: ['panel'] }],
  [
    'origins of web pages',
    { corsOrigins: 'https://panel.example.com,https://b.example:8443' },
    { corsOrigins: ['https://panel.example.com', 'https://b.example:8443'] },
  ],
  ['a sender address', { mailFrom: 'latchkey@x.example.com' }, { mailFrom: 'latchkey@x.example.com' }],
])('the context may have %s', (_what, context, expected) => {
  expect(settings(context)).toMatchObject(expected)
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
