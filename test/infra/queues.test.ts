import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { modes, synthesize } from './synthesized.ts'

describe.each(modes)('with %j', (settings) => {
  const { template } = synthesize(settings)
  const queues = Object.entries(template.findResources('AWS::SQS::Queue'))

  test.each(queues)('%s is encrypted', (_id, { Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true)
  })

  test.each(queues)('%s refuses plain HTTP', (id) => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ],
      },
    })
  })

  test.each(queues.filter(([id]) => id.includes('DeadLetters')))(
    '%s keeps messages for 14 days',
    (_id, { Properties }) => {
      expect(Properties.MessageRetentionPeriod).toBe(1_209_600)
    },
  )
})
