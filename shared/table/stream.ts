import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { Key } from './keys.ts'
import { keyText } from './keys.ts'

type KeyPattern = { S: (string | { prefix: string } | { suffix: string })[] }

/** A pattern of Lambda's event filtering for DynamoDB streams (only the operators used here). */
export type StreamFilter = {
  eventName?: string[]
  dynamodb: { Keys: { pk?: KeyPattern; sk?: KeyPattern } }
}

/** Does the work for one of the keys; what it throws is kept, so that the others go on. */
export type Attempt = (key: Key, work: () => Promise<unknown>) => Promise<void>

/**
 * Works off the items that the records tell of, each once. Fails for the records whose item could not be worked off: a
 * stream hands out everything from the first of them on again. `onError` is told of each failure.
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
  const left = Records.filter((record) => failed.has(keyText(keyOf(record))))
  return {
    batchItemFailures: left.map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber ?? '' })),
  }
}

/** The part of a filter that a record has to satisfy: all of its fields, each by one of the alternatives. */
export function satisfies(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((alternative) => isLike(value, alternative))
  if (!isObject(pattern)) return false
  return Object.entries(pattern).every(([field, part]) =>
    satisfies(isObject(value) ? value[field] : undefined, part),
  )
}

function isLike(value: unknown, alternative: unknown): boolean {
  if (typeof value !== 'string') return false
  if (!isObject(alternative)) return value === alternative
  const { prefix, suffix } = alternative
  if (typeof suffix === 'string') return value.endsWith(suffix)
  return typeof prefix === 'string' && value.startsWith(prefix)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Hands records that came through a queue, one a message, to a handler of streams; those that failed come again. */
export async function fromQueue(
  { Records: messages }: SQSEvent,
  handle: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>,
): Promise<SQSBatchResponse> {
  const records = messages.map(({ body }): DynamoDBRecord => JSON.parse(body))
  const { batchItemFailures } = await handle({ Records: records })
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  const again = messages.filter((_message, place) =>
    failed.has(records[place]?.dynamodb?.SequenceNumber ?? ''),
  )
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}

function keyOf({ dynamodb }: DynamoDBRecord): Key {
  const { pk, sk } = dynamodb?.Keys ?? {}
  if (pk?.S === undefined || sk?.S === undefined) throw new Error('a stream record has no keys of this table')
  return { pk: pk.S, sk: sk.S }
}
