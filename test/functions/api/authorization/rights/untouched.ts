import { hash } from 'node:crypto'
import { type AttributeValue, DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { vi } from 'vitest'
import { startWorld, type World } from '../../world.ts'

/** A world, and a way to tell whether anything in its table has changed. */
export async function startWatchedWorld(): Promise<{ world: World; digest: () => Promise<string> }> {
  const made = vi.spyOn(DynamoDBDocumentClient, 'from')
  const world = await startWorld()
  // The first is the engine's own, whose requests aren't counted.
  const [client] = made.mock.calls[0] ?? []
  made.mockRestore()
  if (!(client instanceof DynamoDBClient)) throw new Error('the world made no client')
  const { TableNames: [TableName] = [] } = await client.send(new ListTablesCommand({}))
  return { world, digest: () => digestOf(client, TableName ?? '') }
}

async function digestOf(client: DynamoDBClient, TableName: string): Promise<string> {
  const lines: string[] = []
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }))
    lines.push(...(page.Items ?? []).map((item) => JSON.stringify(item, sorted)))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey)
  return `${lines.length} items, ${hash('sha256', lines.sort().join('\n'))}`
}

/** The engine gives attributes in any order. */
function sorted(_name: string, value: unknown): unknown {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value
}
