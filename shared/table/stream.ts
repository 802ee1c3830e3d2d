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

/** Does the work for one key and records its failure, so that the other keys go on. */
export type ProcessOne = (key: Key, work: () => Promise<unknown>) => Promise<void>

/**
 * Processes the items that the records name, each once, and fails for the records whose item could not be processed: the
 * stream then delivers everything from the first of them on again. `onError` gets each failure, and an error for each record
 * without a key of this table: such a record is dropped, as it would fail for ever and block the shard.
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

/** True if the value matches the part of a filter: all of its fields do, each one of its alternatives. */
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
 * Hands records that came through a queue, one a message, to a stream handler, and fails the messages of records that
 * failed. A message without a record is dropped and logged: no retry would mend it.
 */
export async function fromQueue(
  { Records: messages }: SQSEvent,
  handle: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>,
  log: Log,
): Promise<SQSBatchResponse> {
  const parsed = messages.map(({ messageId, body }) => ({ messageId, record: recordIn(body) }))
  const records = parsed.map(({ record }) => record).filter((record) => record !== undefined)
  const dropped = messages.length - records.length
  if (dropped > 0) log('error', 'queue messages that are no stream records were dropped', { count: dropped })
  if (records.length === 0) return { batchItemFailures: [] }
  const { batchItemFailures } = await handle({ Records: records })
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
  const again = parsed.filter(({ record }) => record && failed.has(record.dynamodb?.SequenceNumber ?? ''))
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

/** DynamoDB's limits for key attributes, in bytes. */
const maxBytes = { pk: 2048, sk: 1024 }

/** Returns `undefined` for a record whose key no item of the table can have. */
function keyOf(record: DynamoDBRecord | null): Key | undefined {
  const { pk, sk } = record?.dynamodb?.Keys ?? {}
  const key: { pk: unknown; sk: unknown } = { pk: pk?.S, sk: sk?.S }
  return isText(key.pk, maxBytes.pk) && isText(key.sk, maxBytes.sk) ? { pk: key.pk, sk: key.sk } : undefined
}

const isText = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= bytes
