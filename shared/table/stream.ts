import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { Log } from '../runtime/log.ts'
import { type Key, keyText } from './keys.ts'

type KeyPattern = { S: (string | { prefix: string } | { suffix: string })[] }

/** A pattern of Lambda's event filtering for DynamoDB streams (only the operators used here). */
export type StreamFilter = {
  eventName?: string[]
  dynamodb: { Keys: { pk?: KeyPattern; sk?: KeyPattern } }
}

/** Does the work for one of the keys; what it throws is kept, so that the others go on. */
export type ProcessOne = (key: Key, work: () => Promise<unknown>) => Promise<void>

/**
 * Works off the items that the records tell of, each once. Fails for the records whose item could not be worked off: a
 * stream hands out everything from the first of them on again. `onError` is told of each failure, and of records that have no
 * key of this table: these are dropped, as they would fail for ever, and keep the others waiting.
 */
export async function processBatch(
  { Records }: DynamoDBStreamEvent,
  work: (keys: readonly Key[], attempt: ProcessOne) => Promise<unknown>,
  onError: (error: unknown) => void,
): Promise<DynamoDBBatchResponse> {
  const failed = new Set<string>()
  const attempt: ProcessOne = async (key, workOne) => {
    try {
      await workOne()
    } catch (error) {
      failed.add(keyText(key))
      onError(error)
    }
  }
  const readable: { record: DynamoDBRecord; key: Key }[] = []
  for (const record of Records) {
    const key = keyOf(record)
    if (key) readable.push({ record, key })
    else onError(new Error('a stream record has no key of this table'))
  }
  await work([...new Map(readable.map(({ key }) => [keyText(key), key])).values()], attempt)
  const left = readable.filter(({ key }) => failed.has(keyText(key))).map(({ record }) => record)
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

/**
 * Hands records that came through a queue, one a message, to a handler of streams; those that failed come again. A message that
 * is no record never will be one: it is dropped, with a line in the log.
 */
export async function fromQueue(
  { Records: messages }: SQSEvent,
  handle: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>,
  log: Log,
): Promise<SQSBatchResponse> {
  const told = messages.map(({ messageId, body }) => ({ messageId, record: recordIn(body) }))
  const records = told.map(({ record }) => record).filter((record) => record !== undefined)
  const dropped = messages.length - records.length
  if (dropped > 0) log('error', 'queue messages that are no stream records were dropped', { count: dropped })
  if (records.length === 0) return { batchItemFailures: [] }
  const { batchItemFailures } = await handle({ Records: records })
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  const again = told.filter(({ record }) => record && failed.has(record.dynamodb?.SequenceNumber ?? ''))
  return { batchItemFailures: again.map(({ messageId }) => ({ itemIdentifier: messageId })) }
}

function recordIn(body: string): DynamoDBRecord | undefined {
  try {
    const record: DynamoDBRecord | null = JSON.parse(body)
    return record && keyOf(record) ? record : undefined
  } catch {
    return undefined
  }
}

/** Bytes that DynamoDB takes for a key's attributes. */
const most = { pk: 2048, sk: 1024 }

/** `undefined` for what no item of the table can have as its key. */
function keyOf(record: DynamoDBRecord | null): Key | undefined {
  const { pk, sk } = record?.dynamodb?.Keys ?? {}
  const key: { pk: unknown; sk: unknown } = { pk: pk?.S, sk: sk?.S }
  return isText(key.pk, most.pk) && isText(key.sk, most.sk) ? { pk: key.pk, sk: key.sk } : undefined
}

const isText = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= bytes
