import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What was asked of DynamoDB, in its own units; what an index takes is apart. */
const nothing = {
  requests: 0,
  /** How many of the requests are transactions. */
  transactions: 0,
  /** Requests after one another: those that begin while another is under way are one round with it. */
  rounds: 0,
  readUnits: 0,
  writeUnits: 0,
  indexReadUnits: 0,
  indexWriteUnits: 0,
}

export type Usage = typeof nothing
export const unitParts = ['readUnits', 'indexReadUnits', 'writeUnits', 'indexWriteUnits'] as const
export const unitColumns = ['read units', 'of indexes', 'write units', 'of indexes']

const writing = /^(Put|Update|Delete|BatchWrite|TransactWrite)/

type Options = {
  /** True for the input of a command that isn't counted. */
  aside?: (input: object) => boolean
  /** Of this meter among several on one client. */
  name?: string
}

/** Counts what this client asks for. Capacity is as the engine reports it; a request that fails reports none. */
export function createMeter(client: DynamoDBClient, { aside, name = 'meter' }: Options = {}) {
  let usage = { ...nothing }
  let underWay = 0
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (aside?.(args.input)) return next(args)
      Object.assign(args.input, { ReturnConsumedCapacity: 'INDEXES' })
      usage.requests++
      if (context.commandName === 'TransactWriteItemsCommand') usage.transactions++
      if (underWay++ === 0) usage.rounds++
      try {
        const result = await next(args)
        const { ConsumedCapacity: consumed } = result.output as Output
        if (!consumed) throw new Error(`${context.commandName} reports no capacity`)
        add(usage, [consumed].flat(), writing.test(String(context.commandName)))
        return result
      } finally {
        underWay--
      }
    },
    { step: 'serialize', priority: 'high', name },
  )
  /** What the work takes; nothing else may use the client meanwhile. */
  return async (work: () => Promise<unknown>): Promise<Usage> => {
    usage = { ...nothing }
    await work()
    return { ...usage }
  }
}

type Output = { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }

function add(usage: Usage, consumed: ConsumedCapacity[], isWrite: boolean): void {
  for (const { Table, GlobalSecondaryIndexes = {} } of consumed) {
    usage[isWrite ? 'writeUnits' : 'readUnits'] += Table?.CapacityUnits ?? 0
    for (const { CapacityUnits = 0 } of Object.values(GlobalSecondaryIndexes))
      usage[isWrite ? 'indexWriteUnits' : 'indexReadUnits'] += CapacityUnits
  }
}
