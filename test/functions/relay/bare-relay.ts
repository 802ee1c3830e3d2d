import type { DynamoDBRecord } from 'aws-lambda'
import { createRelay, type Entry, type Subscription } from '../../../functions/relay/relay.ts'
import type { LogFields } from '../../../shared/runtime/log.ts'

/** Sequence numbers of the records that queues refuse, and that make a request fail. */
export type Trouble = { refuses?: string[]; breaksAt?: string | undefined }

/** A relay with queues that record accepted messages. */
export function startRelay(subscriptions: Subscription[], trouble: Trouble = {}) {
  const requests: { queueUrl: string; entries: Entry[] }[] = []
  const taken: { queueUrl: string; record: DynamoDBRecord }[] = []
  const logged: { level: string; message: string; fields?: LogFields | undefined }[] = []
  const { onStream } = createRelay({
    subscriptions,
    async send(queueUrl, entries) {
      requests.push({ queueUrl, entries })
      const received = entries.map(({ Id, MessageBody }) => {
        const record: DynamoDBRecord = JSON.parse(MessageBody)
        return { Id, record, sequence: record.dynamodb?.SequenceNumber }
      })
      if ('breaksAt' in trouble && received.some(({ sequence }) => sequence === trouble.breaksAt))
        throw new Error('broken on purpose, at ACM000001')
      const isRefused = ({ sequence = '' }) => trouble.refuses?.includes(sequence) ?? false
      for (const each of received) if (!isRefused(each)) taken.push({ queueUrl, record: each.record })
      return received.filter(isRefused).map(({ Id }) => ({ Id, Code: 'InternalError' }))
    },
    log: (level, message, fields) => void logged.push({ level, message, fields }),
  })
  return {
    onStream,
    requests,
    logged,
    recordsIn: (queue: string) =>
      taken.filter(({ queueUrl }) => queueUrl === queue).map(({ record }) => record),
  }
}
