import type { DynamoDBRecord } from 'aws-lambda'

/** A record of the stream, and the body of the message that tells of it. */
export type Message = { record: DynamoDBRecord; body: string }

/** What one SendMessageBatch takes: messages, and bytes of all their bodies together. */
const most = { messages: 10, bytes: 256 * 1024 }

/** Cuts messages, in their order, into batches that a queue takes at once. One that is too large goes alone and is refused. */
export function cutBatches(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = []
  let bytes = 0
  for (const message of messages) {
    const size = Buffer.byteLength(message.body)
    const last = batches.at(-1)
    if (last && last.length < most.messages && bytes + size <= most.bytes) {
      last.push(message)
      bytes += size
    } else {
      batches.push([message])
      bytes = size
    }
  }
  return batches
}
