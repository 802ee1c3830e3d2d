import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

type Meanwhile = { before?: () => Promise<unknown>; after?: () => Promise<unknown> }

/** Runs something once, right before or after the first transaction that contains this text. */
export function aroundTransaction(client: DynamoDBClient, part: string, { before, after }: Meanwhile) {
  let isDone = false
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isMeant =
        !isDone &&
        context.commandName === 'TransactWriteItemsCommand' &&
        JSON.stringify(args.input).includes(part)
      if (!isMeant) return next(args)
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
