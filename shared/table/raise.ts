import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Key } from './keys.ts'
import { ttlAttribute } from './schema.ts'

/** A value that only grows, and the seconds since the epoch at which the item may go once it has grown. */
export type Raise = { attribute: string; value: string; ttl: number }

/** One write if the attribute isn't there or is smaller, none otherwise, whoever else is at it; false for none. */
export async function raise(
  documents: DynamoDBDocumentClient,
  table: string,
  { pk, sk }: Key,
  { attribute, value, ttl }: Raise,
): Promise<boolean> {
  try {
    await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk, sk },
        ConditionExpression: 'attribute_not_exists(#attribute) OR #attribute < :value',
        UpdateExpression: 'SET #attribute = :value, #ttl = :ttl ADD #version :one',
        ExpressionAttributeNames: { '#attribute': attribute, '#ttl': ttlAttribute, '#version': 'version' },
        ExpressionAttributeValues: { ':value': value, ':ttl': ttl, ':one': 1 },
      }),
    )
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
