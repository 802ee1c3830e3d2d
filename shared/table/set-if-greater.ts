import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Key } from './keys.ts'
import { ttlAttribute } from './schema.ts'
import { isWritten } from './single-write.ts'

/** A value that only grows, and the seconds since the epoch at which the item may go once it has grown. */
export type GreaterValue = { attribute: string; value: string; ttl: number }

/** A value for an attribute that is below, or isn't there. */
export type GreaterExistingValue = { attribute: string; value: string; below: string }

/** One write if the attribute isn't there or is smaller, none otherwise, whoever else is at it; false for none. */
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
 * As `raise`, of an item that has to be there. Its version stays: it is no Change, and makes nobody's stale. A Change that was
 * read before and is written at the same time may take the value back.
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
