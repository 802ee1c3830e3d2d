import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { streamFilters as cleanup } from '../../functions/cleanup/stream-filter.ts'
import { streamFilters as notifications } from '../../functions/notifications/stream-filter.ts'
import { streamFilters as openStack } from '../../functions/openstack/stream-filter.ts'
import { streamFilters as reviews } from '../../functions/reviews/stream-filter.ts'
import {
  subscriptionsOf,
  type FunctionName,
  lambda,
  mailFrom,
  queueOf,
  reachOf,
  synthesize,
} from './synthesized.ts'

const off = synthesize({ openstack: 'off' }).template
const on = synthesize({ openstack: 'on' }).template
const mailing = synthesize({ mailFrom }).template
const mapping = 'AWS::Lambda::EventSourceMapping'

test.each<[string, Template, string[]]>([
  ['off', off, ['Cleanup', 'Reviews']],
  ['on', on, ['Cleanup', 'Reviews', 'OpenStack']],
  ['off and mail', mailing, ['Cleanup', 'Reviews', 'Notifications']],
])('with OpenStack %s the relay feeds these workers, and may send to no others', (_, template, workers) => {
  const queues = workers.map((name) => queueOf(template, `${name}Queue`))
  expect(subscriptionsOf(template).map(({ queueUrl }) => queueUrl)).toEqual(queues.map(({ id }) => id))
  const may = reachOf(template, 'Relay', 'sqs').filter(([action]) => action === 'sqs:SendMessage')
  const everyone = [...queues, queueOf(template, 'RelayDeadLetters')]
  const arns = may.map(([, queue]) => JSON.stringify(queue))
  expect(arns.sort()).toEqual(everyone.map(({ arn }) => JSON.stringify(arn)).sort())
})

describe.each([
  ['off', 'Cleanup', off, cleanup],
  ['on', 'Cleanup', on, cleanup],
  ['off', 'Reviews', off, reviews],
  ['on', 'OpenStack', on, openStack],
  ['off and mail', 'Notifications', mailing, notifications],
] as const)('with OpenStack %s, %s', (_, name, template, filters) => {
  const worker = lambda(template, `${name}Worker`)
  const queue = queueOf(template, `${name}Queue`)
  const deadLetters = queueOf(template, `${name}DeadLetters`)
  const mapped = { FunctionName: { Ref: worker.logicalId } }

  test('the relay feeds it with what its triggers name, like the local tap', () => {
    const own = subscriptionsOf(template).filter(({ queueUrl }) => queueUrl === queue.id)
    expect(own).toEqual([{ queueUrl: queue.id, filters }])
  })

  test('only its queue triggers the worker', () => {
    template.resourcePropertiesCountIs(mapping, mapped, 1)
    template.hasResourceProperties(mapping, { ...mapped, EventSourceArn: queue.arn })
  })

  test('the worker may receive from its queue and no other', () => {
    const may = reachOf(template, `${name}Worker`, 'sqs')
    expect(may.map(([action]) => action)).toEqual(
      expect.arrayContaining(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']),
    )
    expect(may.filter(([, what]) => JSON.stringify(what) !== JSON.stringify(queue.arn))).toEqual([])
  })

  test('messages of one moment are processed together', () => {
    template.hasResourceProperties(mapping, {
      ...mapped,
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 1,
    })
  })

  test('a failed message does not fail its batch', () => {
    template.hasResourceProperties(mapping, {
      ...mapped,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    })
  })

  test('a message in process is not handed out again', () => {
    expect(queue.properties.VisibilityTimeout).toBe(6 * worker.Timeout)
  })

  test('what failed five times goes to a queue of its own', () => {
    expect(queue.properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: deadLetters.arn,
      maxReceiveCount: 5,
    })
  })
})

test.each<[string, Template, FunctionName]>([
  ['work on Keystone', on, 'OpenStackWorker'],
  ['send messages', mailing, 'NotificationsWorker'],
])('no more than two %s at the same time', (_does, template, name) => {
  template.hasResourceProperties(mapping, {
    FunctionName: { Ref: lambda(template, name).logicalId },
    ScalingConfig: { MaximumConcurrency: 2 },
  })
})
