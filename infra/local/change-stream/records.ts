import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { DynamoDBRecord } from 'aws-lambda'
import { keyAttributes, streamView } from '../../../shared/table/schema.ts'

type Attributes = Record<string, AttributeValue> | undefined
type Put = { Item?: Attributes; ConditionExpression?: string | undefined }

type Keyed = { Key?: Attributes }
type Part = { Put?: Put | undefined; Update?: Keyed | undefined; Delete?: Keyed | undefined; Get?: unknown }

/** The parts of write commands' inputs that are used here; those of reads fit too. */
export type WriteInput = Put & Keyed & { TransactItems?: Part[] | undefined }

/** One committed write: the change of the item with these keys. */
type Written = { eventName: 'INSERT' | 'MODIFY' | 'REMOVE'; keys: { pk: string; sk: string } }

/** The writes of a successful command; none for a read. A condition check in a transaction is no write. */
export function writtenBy(command: string, input: WriteInput): Written[] {
  switch (command) {
    case 'PutItemCommand':
      return fromPut(input)
    case 'UpdateItemCommand':
      return written('MODIFY', input.Key)
    case 'DeleteItemCommand':
      return written('REMOVE', input.Key)
    case 'TransactWriteItemsCommand':
      return (input.TransactItems ?? []).flatMap((item) => [
        ...fromPut(item.Put),
        ...written('MODIFY', item.Update?.Key),
        ...written('REMOVE', item.Delete?.Key),
      ])
    default:
      return []
  }
}

/** The record as Lambda would get it. `sequence` orders records. */
export function toRecord({ eventName, keys }: Written, sequence: bigint, at: Date): DynamoDBRecord {
  const SequenceNumber = String(sequence).padStart(21, '0')
  return {
    eventID: SequenceNumber,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'local',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at.getTime() / 1000),
      Keys: { [keyAttributes.partition]: { S: keys.pk }, [keyAttributes.sort]: { S: keys.sk } },
      SequenceNumber,
      SizeBytes: keys.pk.length + keys.sk.length,
      StreamViewType: streamView,
    },
  }
}

/** An insert has the condition that there is no such item. */
function fromPut(put: Put | undefined): Written[] {
  const isNew = /attribute_not_exists\s*\(\s*pk\s*\)/.test(put?.ConditionExpression ?? '')
  return written(isNew ? 'INSERT' : 'MODIFY', put?.Item)
}

function written(eventName: Written['eventName'], attributes: Attributes): Written[] {
  const pk = attributes?.[keyAttributes.partition]?.S
  const sk = attributes?.[keyAttributes.sort]?.S
  return pk === undefined || sk === undefined ? [] : [{ eventName, keys: { pk, sk } }]
}
