import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { DomainError } from '../domain/values/errors.ts'
import { backoffWithJitter } from '../runtime/backoff.ts'
import type { Key } from './keys.ts'
import { ttlAttribute } from './schema.ts'

/** The error of a write that met conflicting ones at every attempt. */
export function busy(cause: unknown): DomainError {
  const error = new DomainError('unavailable', 'too many changes to the same things at once; try again')
  error.cause = cause
  return error
}

/** Attempts at a write that meets conflicting ones; with their pauses they take a few seconds. */
export const conflictAttempts = 12

/**
 * Sends a write of one item; returns false if its condition failed. Retries a conflict with a transaction under way, which
 * the SDK doesn't, with jitter, and throws `unavailable` after the last attempt.
 */
export async function isWritten(send: () => Promise<unknown>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await send()
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      if (!(error instanceof TransactionConflictException)) throw error
      if (attempt === conflictAttempts) throw busy(error)
      await backoffWithJitter(attempt)
    }
  }
}

/** A value that only grows; `ttl`: seconds since the epoch at which the item may be removed once the value is set. */
export type GreaterValue = { attribute: string; value: string; ttl: number }

/** A value for an attribute that is less than `below`, or isn't set. */
export type GreaterExistingValue = { attribute: string; value: string; below: string }

/** Sets the attribute if it isn't set or is smaller, also under concurrent writes; returns false if it wrote nothing. */
export async function setIfGreater(
  documents: DynamoDBDocumentClient,
  table: string,
  { pk, sk }: Key,
  { attribute, value, ttl }: GreaterValue,
): Promise<boolean> {
  return isWritten(() =>
    documents.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        ConditionExpression: 'attribute_not_exists(#attribute) OR #attribute < :value',
        UpdateExpression: 'SET #attribute = :value, #ttl = :ttl ADD #version :one',
        ExpressionAttributeNames: { '#attribute': attribute, '#ttl': ttlAttribute, '#version': 'version' },
        ExpressionAttributeValues: { ':value': value, ':ttl': ttl, ':one': 1 },
      }),
    ),
  )
}

/**
 * `setIfGreater` for an item that must exist. Its version stays, so that no concurrent Change becomes stale; a Change
 * that was planned before may set the value back.
 */
export async function setExistingIfGreater(
  documents: DynamoDBDocumentClient,
  table: string,
  { pk, sk }: Key,
  { attribute, value, below }: GreaterExistingValue,
): Promise<boolean> {
  return isWritten(() =>
    documents.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        ConditionExpression:
          'attribute_exists(pk) AND (attribute_not_exists(#attribute) OR #attribute < :below)',
        UpdateExpression: 'SET #attribute = :value',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: { ':value': value, ':below': below },
      }),
    ),
  )
}
