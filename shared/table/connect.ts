import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Table } from './table.ts'
import { documentOptions, openTable } from './table.ts'

/** The table of a Lambda, by its name; region and credentials are the runtime's. */
export function connectTable(name: string, now: () => Date): Table {
  return openTable({
    documents: DynamoDBDocumentClient.from(new DynamoDBClient(), documentOptions),
    name,
    now,
  })
}
