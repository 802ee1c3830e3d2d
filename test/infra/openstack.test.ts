import { describe, expect, test } from 'vitest'
import * as stack from './synthesized.ts'

const { functionNames, lambda, openStackNames, synthesize } = stack
const secret = 'AWS::SecretsManager::Secret'

test('OpenStack is off unless it is switched on', () => {
  expect(synthesize().template.toJSON()).toEqual(synthesize({ openstack: 'off' }).template.toJSON())
})

test('without OpenStack there is no resource of it', () => {
  const ids = Object.keys(synthesize({ openstack: 'off' }).template.toJSON().Resources)
  expect(ids.filter((id) => id.startsWith('OpenStack'))).toEqual([])
})

test.each(stack.modes)('the API and provisioning know whether OpenStack is on, with %j', (settings) => {
  const { template } = synthesize(settings)
  for (const name of ['Api', 'ProvisioningWorker', 'ProvisioningSweeper'] as const)
    expect(lambda(template, name).Environment.Variables.OPENSTACK).toBe(
      settings.openstack === 'on' ? 'on' : undefined,
    )
})

describe('the secret of OpenStack', () => {
  const { template } = synthesize({ openstack: 'on' })
  const [[id, found] = ['']] = Object.entries(template.findResources(secret)).filter(([name]) =>
    name.startsWith('OpenStack'),
  )

  test('is empty until operators put in a login', () => {
    expect(found?.Properties.SecretString).toBe('{}')
  })

  test('outlives the stack', () => {
    expect(found).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
  })

  test("can be read by OpenStack's functions and no other", () => {
    const readers = [...functionNames, ...openStackNames].filter((name) =>
      stack.reachOf(template, name, 'secretsmanager').some(([, { Ref }]) => Ref === id),
    )
    expect(readers).toEqual([...openStackNames])
  })
})

test.each(['Unreachable', 'Failed'])('an alarm counts the log lines of: %s', (name) => {
  const { template } = synthesize({ openstack: 'on' })
  const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).filter(
    ({ Properties }) => Properties.MetricTransformations[0].MetricName === `OpenStack${name}`,
  )
  const groups = filters.map(({ Properties }) => Properties.LogGroupName.Ref)
  expect(new Set(groups).size).toBe(openStackNames.length)
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: `OpenStack${name}`, Threshold: 1 })
})
