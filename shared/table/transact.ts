import { randomUUID } from 'node:crypto'
import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb'
import { DomainError } from '../domain/values/errors.ts'
import { type Instant, instantOf } from '../domain/values/instant.ts'
import { backoffWithJitter } from '../runtime/backoff.ts'
import { nextVersion, type UnconditionalUpdate, type Version, type Write } from './item.ts'
import { busy, conflictAttempts, isWritten } from './single-write.ts'

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/** The error of a plan whose items have changed since they were read: read, decide and plan again. */
export const stale = () => new DomainError('stale', 'something changed meanwhile; read again and try again')

/**
 * Sends one TransactWriteItems and throws the `onConflict` of the first write whose condition failed. Conflicts with
 * other transactions are retried with jitter. A request whose response was lost is repeated with the same token, so
 * that its own effect doesn't fail it; a token that was used for another request is replaced. A request sent before
 * its deadline may be repeated after it, to get its response.
 */
export async function transact(
  documents: DynamoDBDocumentClient,
  table: string,
  writes: readonly Write[],
  now: () => Date,
): Promise<void> {
  let TransactItems: TransactItem[] = []
  let ClientRequestToken = randomUUID()
  let isNew = true
  for (let attempt = 1; ; attempt++) {
    if (isNew) {
      const at = instantOf(now())
      throwIfLate(writes, at)
      // A repetition under the same token has to be the same request.
      TransactItems = writes.map((write) => toTransactItem(table, write, at))
    }
    try {
      await documents.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }))
      return
    } catch (error) {
      const isOver = !(error instanceof TransactionInProgressException)
      if (error instanceof TransactionCanceledException) throwUnlessTransient(error, writes)
      else if (isOver && !(error instanceof IdempotentParameterMismatchException)) throw error
      if (attempt === conflictAttempts) throw busy(error)
      isNew = isOver
      if (isOver) ClientRequestToken = randomUUID()
      await backoffWithJitter(attempt)
    }
  }
}

function throwIfLate(writes: readonly Write[], now: Instant): void {
  for (const write of writes) {
    if ('until' in write && write.until && write.until.at <= now) throw write.until.onConflict
  }
}

/** Throws unless the reason is transient: a conflict or throttling. */
function throwUnlessTransient(error: TransactionCanceledException, writes: readonly Write[]): void {
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code)
  const failed = codes.indexOf('ConditionalCheckFailed')
  if (failed >= 0) throw conflictOf(writes[failed]) ?? stale()
  if (codes.includes('ItemCollectionSizeLimitExceeded'))
    throw new DomainError('quota', 'The database can hold no more of this.')
  if (codes.includes('ValidationError')) throw error
}

const conflictOf = (write: Write | undefined) =>
  write && 'onConflict' in write ? write.onConflict : undefined

/** Writes one item that must not exist yet; returns false if it does. */
export async function putNew(
  documents: DynamoDBDocumentClient,
  table: string,
  item: Record<string, unknown>,
): Promise<boolean> {
  return isWritten(() =>
    documents.send(
      new PutCommand({ TableName: table, Item: { ...item, version: 1 }, ...condition('absent') }),
    ),
  )
}

function toTransactItem(table: string, write: Write, at: Instant): TransactItem {
  if ('update' in write)
    return { Update: { TableName: table, Key: onlyKey(write.update), ...updateExpression(write.with) } }
  const terms = { TableName: table, ...condition(write.expectedVersion) }
  if ('put' in write) {
    const next = nextVersion(write.expectedVersion)
    const version = write.isNoChange ? next - 1 : next
    const timed = write.timedBy !== undefined && { [write.timedBy]: at }
    return { Put: { ...terms, Item: { ...write.put, version, ...timed } } }
  }
  if ('remove' in write) return { Delete: { ...terms, Key: onlyKey(write.remove) } }
  return { ConditionCheck: { ...terms, Key: onlyKey(write.check) } }
}

const onlyKey = ({ pk, sk }: { pk: string; sk: string }) => ({ pk, sk })

function condition(expectedVersion: Version) {
  if (expectedVersion === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' }
  return {
    ConditionExpression: '#version = :expected',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':expected': expectedVersion },
  }
}

function updateExpression({ set, kept = {} }: UnconditionalUpdate) {
  const sets = [
    ...Object.keys(set).map((name) => `#${name} = :${name}`),
    ...Object.entries(kept).map(([name, { like }]) => `#${name} = if_not_exists(#${like}, :${name})`),
  ]
  const names = [
    ...Object.keys({ ...set, ...kept }),
    ...Object.values(kept).map(({ like }) => like),
    'version',
  ]
  const values: (readonly [string, string | number])[] = [
    ...Object.entries(set),
    ...Object.entries(kept).map(([name, { otherwise }]) => [name, otherwise] as const),
    ['version', 1],
  ]
  return {
    UpdateExpression: `SET ${sets.join(', ')} ADD #version :version`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(values.map(([name, value]) => [`:${name}`, value])),
  }
}
