import { expect, test } from 'vitest'
import * as stack from './synthesized.ts'

const { lambda, mailFrom, notificationsNames } = stack
const publicUrl = 'https://latchkey.example.com'
const { template } = stack.synthesize({ openstack: 'on', mailFrom, publicUrl })
const quiet = stack.synthesize({ openstack: 'on' }).template

const [partition, region, account] = ['Partition', 'Region', 'AccountId'].map((name) => ({
  Ref: `AWS::${name}`,
}))
const arnOf = (identity: string) => ({
  'Fn::Join': ['', ['arn:', partition, ':ses:', region, ':', account, `:identity/${identity}`]],
})

test('without a sender address there is no resource of notifications', () => {
  const ids = Object.keys(quiet.toJSON().Resources)
  expect(ids.filter((id) => id.startsWith('Notifications'))).toEqual([])
})

test.each(notificationsNames)('%s has the address and the URL of the API', (name) => {
  const variables = { MAIL_FROM: mailFrom, PUBLIC_URL: publicUrl }
  expect(lambda(template, name).Environment.Variables).toMatchObject(variables)
})

test.each(notificationsNames)('%s may send mail from that address and no other', (name) => {
  const statements = stack.allowed(template, name).filter(({ actions }) => actions.join().includes('ses:'))
  const resources = [arnOf(mailFrom), arnOf('mail.example.com')]
  const condition = { StringEquals: { 'ses:FromAddress': mailFrom } }
  expect(statements).toEqual([{ actions: ['ses:SendEmail'], resources, condition }])
})

test.each(notificationsNames)('%s may read the secret of links in messages, and no other', (name) => {
  const secret = lambda(template, name).Environment.Variables.MAIL_SECRET_ARN
  expect(secret).toEqual({ Ref: expect.stringMatching(/^SecretsMail/) })
  const reach = [['secretsmanager:GetSecretValue', secret]]
  expect(stack.reachOf(template, name, 'secretsmanager')).toEqual(reach)
})

test('the API invites by message only with a sender address', () => {
  const mail = [template, quiet].map((each) => lambda(each, 'Api').Environment.Variables.MAIL)
  expect(mail).toEqual(['on', undefined])
})

test.each([...stack.functionNames, ...stack.openStackNames])('%s may send no mail', (name) => {
  expect(stack.actionsOf(template, name, 'ses')).toEqual([])
})
