import { randomUUID } from 'node:crypto'
import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Schedule } from './schedule.ts'

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number]

/**
 * What becomes of a transaction. `conflict`: DynamoDB cancels it. `hidden`: it commits, the answer is lost, and the
 * SDK sends it again. `lost`: it commits, and no answer ever comes.
 */
export type Fate = 'conflict' | 'hidden' | 'lost' | undefined

/** What stands between the clients and the engine; set anew for each schedule. */
export type Between = {
  schedule?: Schedule | undefined
  fateOf?: (() => Fate) | undefined
  /** After each transaction that has committed, before anything else may happen. */
  committed?: ((items: readonly TransactItem[], lane: string) => Promise<void>) | undefined
  /** Instead of the items that the service would write. */
  rewrite?: ((items: TransactItem[]) => TransactItem[]) | undefined
  /** What the SDK sends again is another transaction then. */
  losesTokens?: boolean | undefined
}

/** The item is written whatever has become of it. */
export function unconditioned({ Put }: TransactItem): TransactItem {
  return { Put: { TableName: Put?.TableName, Item: Put?.Item } }
}

type Transaction = { items: TransactItem[]; isSent: boolean; isCommitted: boolean }

/** Puts `between` between the lane's client and the engine: attempt by attempt, as the SDK sends them. */
export function interpose(client: DynamoDBClient, lane: string, between: Between): void {
  const transactions = new WeakMap<object, Transaction>()

  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'TransactWriteItemsCommand') return next(args)
      const { TransactItems = [], ...input } = args.input as TransactWriteCommandInput
      const items = between.rewrite?.(TransactItems) ?? TransactItems
      transactions.set(context, { items, isSent: false, isCommitted: false })
      return next({ ...args, input: { ...input, TransactItems: items } })
    },
    { step: 'initialize' },
  )

  // Within the SDK's own retries.
  client.middlewareStack.add(
    (next, context) => (args) => {
      const send = async () => {
        const transaction = transactions.get(context)
        if (!transaction) return next(args)
        const fate = between.fateOf?.()
        if (fate === 'conflict') throw conflict()
        if (transaction.isSent && between.losesTokens) renewToken(args.request)
        transaction.isSent = true
        const result = await next(args)
        // The same again under its token is no other transaction.
        if (!transaction.isCommitted) await between.committed?.(transaction.items, lane)
        transaction.isCommitted = true
        if (fate === 'hidden') throw hangUp('ECONNRESET')
        if (fate === 'lost') throw hangUp('LOST')
        return result
      }
      return between.schedule ? between.schedule.turn(lane, send) : send()
    },
    { step: 'deserialize', priority: 'high' },
  )
}

function conflict(): TransactionCanceledException {
  const CancellationReasons = [{ Code: 'None' }, { Code: 'TransactionConflict' }]
  return new TransactionCanceledException({ message: 'conflict', $metadata: {}, CancellationReasons })
}

/** The SDK tries again after a connection that was reset, and gives up on what it doesn't know. */
const hangUp = (code: string) => Object.assign(new Error('socket hang up'), { code })

function renewToken(request: unknown): void {
  const sent = request as { body: Uint8Array }
  const input = JSON.parse(new TextDecoder().decode(sent.body)) as object
  sent.body = Buffer.from(JSON.stringify({ ...input, ClientRequestToken: randomUUID() }))
}
