import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { documentOptions, openTable, type Table } from '../../../shared/table/table.ts'

type Answer = { output: object; response: unknown }
type Interference = (request: { command: string; input: object; count: number }) => object | undefined

/**
 * A table between whose client and engine somebody stands: what they throw or return for a request is its outcome, and
 * `undefined` lets it through. `count` is how many requests of the command there were before.
 */
export function interferedTable(
  client: DynamoDBClient,
  name: string,
  interfere: Interference,
  now = () => new Date(),
): Table {
  const counts = new Map<string, number>()
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const command = String(context.commandName)
      const count = counts.get(command) ?? 0
      counts.set(command, count + 1)
      const output = interfere({ command, input: args.input, count })
      if (!output) return next(args)
      return { output, response: undefined } satisfies Answer as Awaited<ReturnType<typeof next>>
    },
    { step: 'initialize' },
  )
  return openTable({ documents: DynamoDBDocumentClient.from(client, documentOptions), name, now })
}
