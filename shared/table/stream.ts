import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import type { Key } from './keys.ts'
import { keyText } from './keys.ts'

type KeyPattern = { S: (string | { prefix: string })[] }

/** A pattern of Lambda's event filtering for DynamoDB streams (only the operators used here). */
export type StreamFilter = {
  eventName?: string[]
  dynamodb: { Keys: { pk?: KeyPattern; sk?: KeyPattern } }
}

/** Does the work for one of the keys; what it throws is kept, so that the others go on. */
export type Attempt = (key: Key, work: () => Promise<unknown>) => Promise<void>

/**
 * Works off the items that the records tell of, each once. Fails from the first record whose item could not be worked
 * off; the stream hands it out again from there. `onError` is told of each failure.
 */
export async function workOff(
  { Records }: DynamoDBStreamEvent,
  work: (keys: readonly Key[], attempt: Attempt) => Promise<unknown>,
  onError: (error: unknown) => void,
): Promise<DynamoDBBatchResponse> {
  const failed = new Set<string>()
  const attempt: Attempt = async (key, workOne) => {
    try {
      await workOne()
    } catch (error) {
      failed.add(keyText(key))
      onError(error)
    }
  }
  await work([...new Map(Records.map(keyOf).map((key) => [keyText(key), key])).values()], attempt)
  const first = Records.find((record) => failed.has(keyText(keyOf(record))))
  const itemIdentifier = first?.dynamodb?.SequenceNumber
  return { batchItemFailures: itemIdentifier === undefined ? [] : [{ itemIdentifier }] }
}

function keyOf({ dynamodb }: DynamoDBRecord): Key {
  const { pk, sk } = dynamodb?.Keys ?? {}
  if (pk?.S === undefined || sk?.S === undefined) throw new Error('a stream record has no keys of this table')
  return { pk: pk.S, sk: sk.S }
}
