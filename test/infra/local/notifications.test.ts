import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { expect, onTestFinished, test, vi } from 'vitest'
import { compose, type Context } from '../../../infra/local/compose.ts'
import { startService } from '../../../infra/local/service.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { findReminder, putReminder } from '../../../shared/reviews/reminder-store.ts'
import { openTable } from '../../../shared/table/table.ts'
import { reminder, storeScene } from '../../functions/notifications/scene.ts'
import { temporaryFolder } from './temporary-folder.ts'

const now = () => new Date()
const inDays = (days: number) => instantOf(new Date(Date.now() + days * 86_400_000))

/** The service as it runs locally but for the sweepers, and its table. */
async function start(home: string, data: string) {
  const settings = { ...readSettings({ PORT: '0', LATCHKEY_DATA: data }), home }
  let context: Context | undefined
  const service = await startService(settings, {
    wallClock: now,
    log: () => {},
    compose(given) {
      context = given
      const parts = compose(given)
      return { ...parts, workers: parts.workers.map((worker) => ({ ...worker, sweep: async () => 0 })) }
    },
  })
  onTestFinished(service.stop)
  if (!context) throw new Error('it was composed')
  const { documents, tableName } = context
  return { ...service, table: openTable({ documents, name: tableName, now }) }
}

test.each([':memory:', 'data'])('a reminder becomes a file that a mail program opens (%s)', async (where) => {
  const home = temporaryFolder()
  const data = where === 'data' ? join(home, where) : where
  const { table, origin } = await start(home, data)
  await storeScene(table, { reminder: { createdAt: inDays(0), endsAt: inDays(14) } })
  const folder = data === ':memory:' ? join(home, 'run', new URL(origin).port) : data
  const mail = join(folder, 'mail')
  const names = await vi.waitFor(() => readdirSync(mail).filter((name) => name.endsWith('.eml')), 5000)
  expect(names).toHaveLength(1)
  const [path = ''] = names.map((name) => join(mail, name))
  expect([statSync(mail).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600])
  expect(await PostalMime.parse(readFileSync(path))).toMatchObject({
    to: [{ address: 'ann@bridge.example' }],
    subject: 'Access review of BGE000001 has begun',
    text: expect.stringContaining(
      `${origin}/v1/customers/BGE000001/reviews/01REVIEW/items?reviewer=usr_ann&state=open`,
    ),
  })
  // The link leads to this very service, which then sends none any more.
  const { headers } = await PostalMime.parse(readFileSync(path))
  const link = headers.find(({ key }) => key === 'list-unsubscribe')?.value.slice(1, -1) ?? ''
  expect(link).toMatch(`${origin}/v1/mail/`)
  for (const method of ['GET', 'POST']) expect((await fetch(link, { method })).status).toBe(200)
  await putReminder(table, { ...reminder, mark: '1d', createdAt: inDays(0), endsAt: inDays(14) })
  await vi.waitFor(
    async () =>
      expect(await findReminder(table, { ...reminder, mark: '1d' })).toHaveProperty(
        'problem',
        'the person wants no messages',
      ),
    5000,
  )
})
