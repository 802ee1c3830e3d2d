import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { streamFilters as cleanup } from '../../functions/cleanup/stream-filter.ts'
import { streamFilters as notifications } from '../../functions/notifications/stream-filter.ts'
import { streamFilters as openStack } from '../../functions/openstack/stream-filter.ts'
import { streamFilters as reviews } from '../../functions/reviews/stream-filter.ts'
import * as stack from './synthesized.ts'

const { queueOf, reachOf, subscriptionsOf } = stack
const off = stack.synthesize({ openstack: 'off' }).template
const on = stack.synthesize({ openstack: 'on' }).template
const mailing = stack.synthesize({ mailFrom: stack.mailFrom }).template

test.each<[string, Template, string[]]>([
  ['off', off, ['Cleanup', 'Reviews']],
  ['on', on, ['Cleanup', 'Reviews', 'OpenStack']],
  ['off and mail', mailing, ['Cleanup', 'Reviews', 'Notifications']],
])('with OpenStack %s the relay feeds these workers, and may send to no others', (_, template, workers) => {
  const queues = workers.map((name) => queueOf(template, `${name}Queue`))
  expect(subscriptionsOf(template).map(({ queueUrl }) => queueUrl)).toEqual(queues.map(({ id }) => id))
  const reach = reachOf(template, 'Relay', 'sqs').filter(([action]) => action === 'sqs:SendMessage')
  const all = [...queues, queueOf(template, 'RelayDeadLetters')]
  const arns = reach.map(([, queue]) => JSON.stringify(queue))
  expect(arns.sort()).toEqual(all.map(({ arn }) => JSON.stringify(arn)).sort())
})

describe.each([
  ['off', 'Cleanup', off, cleanup, undefined],
  ['off', 'Reviews', off, reviews, undefined],
  ['on', 'OpenStack', on, openStack, { MaximumConcurrency: 2 }],
  ['off and mail', 'Notifications', mailing, notifications, { MaximumConcurrency: 2 }],
] as const)('with OpenStack %s, %s', (_, name, template, filters, ScalingConfig) => {
  const worker = stack.lambda(template, `${name}Worker`)
  const queue = queueOf(template, `${name}Queue`)

  test("the queue gets the records of the worker's stream filters, like locally", () => {
    const own = subscriptionsOf(template).filter(({ queueUrl }) => queueUrl === queue.id)
    expect(own).toEqual([{ queueUrl: queue.id, filters }])
  })

  test('only its queue triggers the worker, by batches of a second, whose messages fail one by one', () => {
    const mappings = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'))
      .map(({ Properties }) => Properties)
      .filter(({ FunctionName }) => FunctionName.Ref === worker.logicalId)
    expect(mappings).toEqual([
      expect.objectContaining({
        EventSourceArn: queue.arn,
        BatchSize: 50,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    ])
    // More at once would only be throttled by Keystone, or by SES.
    expect(mappings[0]?.ScalingConfig).toEqual(ScalingConfig)
  })

  test('the worker may receive from its queue and no other', () => {
    const reach = reachOf(template, `${name}Worker`, 'sqs')
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']
    expect(reach.map(([action]) => action)).toEqual(expect.arrayContaining(actions))
    expect(reach.filter(([, arn]) => JSON.stringify(arn) !== JSON.stringify(queue.arn))).toEqual([])
  })

  test('a message in process is not received again, and one that failed five times is a dead letter', () => {
    const { VisibilityTimeout, RedrivePolicy } = queue.properties
    expect(VisibilityTimeout).toBe(6 * worker.Timeout)
    const deadLetterTargetArn = queueOf(template, `${name}DeadLetters`).arn
    expect(RedrivePolicy).toEqual({ deadLetterTargetArn, maxReceiveCount: 5 })
  })
})
