import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { createCleanup } from '../../../functions/cleanup/worker.ts'
import type { LogFields } from '../../../shared/runtime/log.ts'
import type { Key } from '../../../shared/table/keys.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { recordOf } from '../provisioning/bare-worker.ts'

/** The worker alone, with a client of its own as in a Lambda: only the test triggers it. */
export function startCleanup(engine: TestEngine, tableName: string, now = () => new Date()) {
  const client = engine.connect()
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const table = openTable({ documents, name: tableName, now })
  const logged: { level: string; message: string; fields?: LogFields | undefined }[] = []
  const cleanup = createCleanup({
    table,
    log: (level, message, fields) => void logged.push({ level, message, fields }),
  })
  return {
    client,
    table,
    logged,
    ...cleanup,
    /** Passes stream records of these items to the worker; returns true if all were processed. */
    async trigger(...changed: Key[]): Promise<boolean> {
      const Records = changed.map((key, place) => recordOf(key, 100 + place))
      return (await cleanup.onStream({ Records })).batchItemFailures.length === 0
    },
  }
}

/** Fails transactions as a kill does: after the commit, or before sending. */
export function killEach(
  client: DynamoDBClient,
  when: (transaction: number) => 'before' | 'after' | 'never',
) {
  let transactions = 0
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'TransactWriteItemsCommand') return next(args)
      const moment = when(++transactions)
      if (moment === 'before') throw new Error('killed before')
      const result = await next(args)
      if (moment === 'after') throw new Error('killed after')
      return result
    },
    { step: 'build', name: 'kill' },
  )
  return { transactions: () => transactions, stop: () => void client.middlewareStack.remove('kill') }
}
