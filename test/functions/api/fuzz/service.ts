import { readFile } from 'node:fs/promises'
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb'
import { afterAll } from 'vitest'
import { createApi } from '../../../../functions/api/app.ts'
import { createCursorCodec } from '../../../../shared/auth/cursor.ts'
import { createTokenVerifier, type Principal } from '../../../../shared/auth/tokens.ts'
import { defaultCustomerIdPattern } from '../../../../shared/domain/entities/customer.ts'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import { recordDelivery } from '../../../../shared/provisioning/record-delivery.ts'
import { createReportKeys } from '../../../../shared/reviews/report/keys.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { keyText } from '../../../../shared/table/keys.ts'
import { documentOptions, openTable } from '../../../../shared/table/table.ts'
import { startTestEngine } from '../../../support/engine.ts'
import { reportKey } from '../../../support/report-key.ts'
import { startIssuer } from '../../../support/tokens.ts'

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
  const app = createApi({
    table,
    // What was good once is good as long as it's used here: signatures would take most of the time.
    verifyToken: async (authorization = '') => {
      const principal = verified.get(authorization) ?? (await verify(authorization))
      verified.set(authorization, principal)
      return principal
    },
    cursors: createCursorCodec('a secret of the tests'),
    publicUrl: 'https://latchkey.test',
    audience: 'https://latchkey.test',
    issuer: issuer.url,
    now,
    log: (level, message, fields) => {
      if (level !== 'info') errors.push(`${message} ${fields?.error ?? ''}`)
    },
    customerIdPattern: new RegExp(defaultCustomerIdPattern),
    sources: ['orders'],
    reportKeys: createReportKeys(async () => reportKey, now),
    openApi: () => readFile('functions/api/openapi.json', 'utf8'),
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
    deliver: (id: string, customerId: string) => {
      const timestamp = instantOf(now())
      const delivery = { source: 'orders', id, type: 'user.deleted', timestamp, customerId }
      return recordDelivery(table, { ...delivery, body: '{}' }, timestamp)
    },
    /** Everything that is in the table. */
    async readAll(): Promise<Map<string, Item>> {
      const items: Item[] = []
      const pages = paginateScan({ client: documents }, { TableName: name, ConsistentRead: true })
      for await (const { Items = [] } of pages) items.push(...(Items as Item[]))
      return new Map(items.map((item) => [keyText(item), item]))
    },
  }
}
