import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { modes, synthesize } from './synthesized.ts'

const Deny = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }

describe.each(modes)('with %j', (settings) => {
  const { template } = synthesize(settings)
  const queues = Object.entries(template.findResources('AWS::SQS::Queue'))

  test.each(queues)('%s is encrypted and refuses plain HTTP', (id, { Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true)
    const PolicyDocument = { Statement: [Match.objectLike(Deny)] }
    template.hasResourceProperties('AWS::SQS::QueuePolicy', { Queues: [{ Ref: id }], PolicyDocument })
  })

  const deadLetters = queues.filter(([id]) => id.includes('DeadLetters'))
  test.each(deadLetters)('%s keeps messages for 14 days', (_id, { Properties }) => {
    expect(Properties.MessageRetentionPeriod).toBe(1_209_600)
  })
})
