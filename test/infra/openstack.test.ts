import { describe, expect, test } from 'vitest'
import { functionNames, lambda, modes, openStackNames, reachOf, synthesize } from './synthesized.ts'

const secret = 'AWS::SecretsManager::Secret'

test('OpenStack is off unless it is switched on', () => {
  expect(synthesize().template.toJSON()).toEqual(synthesize({ openstack: 'off' }).template.toJSON())
})

test('without OpenStack nothing of it is there', () => {
  const ids = Object.keys(synthesize({ openstack: 'off' }).template.toJSON().Resources)
  expect(ids.filter((id) => id.startsWith('OpenStack'))).toEqual([])
})

test.each(modes)('the API and provisioning are told of it with %j', (settings) => {
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
      reachOf(template, name, 'secretsmanager').some(([, { Ref }]) => Ref === id),
    )
    expect(readers).toEqual([...openStackNames])
  })
})

test.each(['Unreachable', 'Failed'])('an alarm waits for what only the log says: %s', (what) => {
  const { template } = synthesize({ openstack: 'on' })
  const filters = Object.values(template.findResources('AWS::Logs::MetricFilter')).filter(
    ({ Properties }) => Properties.MetricTransformations[0].MetricName === `OpenStack${what}`,
  )
  const groups = filters.map(({ Properties }) => Properties.LogGroupName.Ref)
  expect(new Set(groups).size).toBe(openStackNames.length)
  template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: `OpenStack${what}`, Threshold: 1 })
})
