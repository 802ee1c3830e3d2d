import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { PutCommandInput, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'

type Input = Partial<PutCommandInput & TransactWriteCommandInput>
type Meanwhile = { before?: () => Promise<unknown>; after?: () => Promise<unknown>; command?: string }

/** Runs something once, right before or after the first transaction (or other command) that has this text or is meant. */
export function aroundTransaction(
  client: DynamoDBClient,
  part: string | ((input: Input) => boolean),
  { before, after, command = 'TransactWriteItemsCommand' }: Meanwhile,
) {
  const has = typeof part === 'string' ? (input: Input) => JSON.stringify(input).includes(part) : part
  let isDone = false
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (isDone || context.commandName !== command || !has(args.input as Input)) return next(args)
      isDone = true
      await before?.()
      const result = await next(args)
      await after?.()
      return result
    },
    { step: 'initialize' },
  )
  return { isDone: () => isDone }
}
