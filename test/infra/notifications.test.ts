import { expect, test } from 'vitest'
import {
  actionsOf,
  allowed,
  functionNames,
  lambda,
  mailFrom,
  notificationsNames,
  openStackNames,
  reachOf,
  synthesize,
} from './synthesized.ts'

const { template } = synthesize({ openstack: 'on', mailFrom, publicUrl: 'https://latchkey.example.com' })

const arnOf = (identity: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':ses:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:identity/${identity}`,
    ],
  ],
})

test('without an address to send from nothing of it is there', () => {
  const ids = Object.keys(synthesize({ openstack: 'on' }).template.toJSON().Resources)
  expect(ids.filter((id) => id.startsWith('Notifications'))).toEqual([])
})

test.each(notificationsNames)('%s is told the address and where the API is', (name) => {
  expect(lambda(template, name).Environment.Variables).toMatchObject({
    MAIL_FROM: mailFrom,
    PUBLIC_URL: 'https://latchkey.example.com',
  })
})

test.each(notificationsNames)('%s may send mail from that address and no other', (name) => {
  const statements = allowed(template, name).filter(({ actions }) => actions.join().includes('ses:'))
  expect(statements).toEqual([
    {
      actions: ['ses:SendEmail'],
      resources: [arnOf(mailFrom), arnOf('mail.example.com')],
      condition: { StringEquals: { 'ses:FromAddress': mailFrom } },
    },
  ])
})

test.each(notificationsNames)(
  '%s may read the secret that signs the links of messages, and no other',
  (name) => {
    const secret = lambda(template, name).Environment.Variables.MAIL_SECRET_ARN
    expect(secret).toEqual({ Ref: expect.stringMatching(/^SecretsMail/) })
    expect(reachOf(template, name, 'secretsmanager')).toEqual([['secretsmanager:GetSecretValue', secret]])
  },
)

test('the API invites by message only where messages are sent', () => {
  const quiet = synthesize({ openstack: 'on' }).template
  expect([template, quiet].map((each) => lambda(each, 'Api').Environment.Variables.MAIL)).toEqual([
    'on',
    undefined,
  ])
})

test.each([...functionNames, ...openStackNames])('%s may send no mail', (name) => {
  expect(actionsOf(template, name, 'ses')).toEqual([])
})
