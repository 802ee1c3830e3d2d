import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll } from 'vitest'
import { createTokenVerifier, type Principal } from '../../../../shared/auth/tokens.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { keyText } from '../../../../shared/table/keys.ts'
import { documentOptions, openTable } from '../../../../shared/table/table.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { itemsIn } from '../../../support/table-copies.ts'
import { startIssuer } from '../../../support/tokens.ts'
import { createUncheckedApi, deliver } from '../test-api.ts'

export type Service = Awaited<ReturnType<typeof startService>>

/** The API as it is, whose answers nobody has looked at yet, over a table of its own. */
export async function startService() {
  const engine = await startTestEngine()
  let time = Date.parse('2026-11-23T12:00:00.000Z')
  const now = () => new Date(time)
  const issuer = await startIssuer(now)
  const client = engine.connect()
  afterAll(async () => {
    client.destroy()
    await issuer.close()
  })
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const name = await engine.createTable()
  const table = openTable({ documents, name, now })
  const errors: string[] = []
  const verify = createTokenVerifier(issuer.config)
  const verified = new Map<string, Principal>()
  const app = createUncheckedApi(issuer, {
    table,
    // What was good once is good as long as it's used here: signatures would take most of the time.
    verifyToken: async (authorization = '') => {
      const principal = verified.get(authorization) ?? (await verify(authorization))
      verified.set(authorization, principal)
      return principal
    },
    now,
    log: (level, message, fields) => {
      if (level !== 'info') errors.push(`${message} ${fields?.error ?? ''}`)
    },
  })
  const tokens = new Map<string, Promise<string>>()
  let issuedAt = time

  return {
    app,
    table,
    /** What was logged as going wrong, and wasn't taken yet. */
    takeErrors: () => errors.splice(0),
    /** The clock goes on by that, in milliseconds. */
    pass(milliseconds: number): void {
      time += milliseconds
      // Tokens last five minutes.
      if (time - issuedAt > 240_000) {
        tokens.clear()
        issuedAt = time
      }
    },
    now,
    tokenOf(who: string, claims: Record<string, unknown>): Promise<string> {
      const token = tokens.get(who) ?? issuer.token(claims)
      tokens.set(who, token)
      return token
    },
    deliver: (id: string, customerId: string) =>
      deliver(table, { id, type: 'user.deleted', data: { customerId }, at: now() }),
    /** Everything that is in the table. */
    async readAll(): Promise<Map<string, Item>> {
      const items = await itemsIn(engine, name)
      return new Map(items.map((item) => [keyText(item), item]))
    },
  }
}
