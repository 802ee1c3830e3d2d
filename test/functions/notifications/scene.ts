import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { Message, Notifier } from '../../../functions/notifications/notifier.ts'
import { createNotifications } from '../../../functions/notifications/worker.ts'
import { createOptOutTokens } from '../../../shared/auth/opt-out-token.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { User } from '../../../shared/domain/entities/user.ts'
import { asCustomer, customerItem } from '../../../shared/records/customers.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import { defaultPolicy } from '../../../shared/reviews/policy/review-policy.ts'
import { findReminder, type NewReminder, putReminder } from '../../../shared/reviews/reminder-store.ts'
import { asReview, reviewRecord } from '../../../shared/reviews/store.ts'
import type { LogFields } from '../../../shared/runtime/log.ts'
import { versionOf } from '../../../shared/table/item.ts'
import { keys } from '../../../shared/table/keys.ts'
import { documentOptions, openTable, type Table } from '../../../shared/table/table.ts'
import type { TestEngine } from '../../support/engine.ts'
import { customerId, storeUser } from '../cleanup/stored.ts'
import { recordOf } from '../provisioning/bare-worker.ts'
import { stoppedClock } from '../provisioning/clock.ts'

export { customerId } from '../cleanup/stored.ts'

const at = '2026-11-27T06:00:00.000000000Z'
const start = '2026-11-27T06:00:00Z'
export const optOut = createOptOutTokens('a secret of the messages')
export const publicUrl = 'https://latchkey.example'

/** Ann has undecided items in a review that ends in a fortnight. */
export const reminder: NewReminder = {
  customerId,
  reviewId: '01REVIEW',
  userId: 'usr_ann',
  mark: 'opened',
  pendingCount: 3,
  endsAt: '2026-12-11T06:00:00.000000000Z',
  createdAt: at,
}
export const key = keys.reminder(customerId, reminder.reviewId, reminder.mark, reminder.userId)

const stamp = `${at}#seed`
const bridge: Customer = {
  id: customerId,
  organisation: 'Bridge Ltd',
  status: 'active',
  mainCustomerId: 'usr_owner',
  createdAt: at,
  updatedAt: at,
  stamps: { status: stamp, organisation: stamp, contact: stamp, billing: stamp },
}

const opened: Review = {
  id: reminder.reviewId,
  customerId,
  state: 'open',
  startedBy: { kind: 'system', id: 'review-clock' },
  policy: defaultPolicy,
  startedAt: at,
  reminded: [],
}

export type Differing = {
  user?: Partial<User>
  customer?: Partial<Customer>
  review?: Partial<Review>
  reminder?: Partial<NewReminder>
}

const signedIn = (email: string) => ({ email, login: { hash: email, linkedAt: at, email } })

/** Another reviewer who has signed in, and has undecided items too. */
export async function remindAnother(table: Table, userId: string) {
  const person = { ...signedIn(`${userId}@bridge.example`), deleted: undefined, cleanupSince: undefined }
  await storeUser(table, userId, 0, { user: person })
  await putReminder(table, { ...reminder, userId })
}

/** Stores Ann, her customer, the review and the reminder, with these differences. */
export async function storeScene(table: Table, { user, customer, review, ...differing }: Differing = {}) {
  const ann = { name: 'Ann', ...signedIn('ann@bridge.example'), deleted: undefined, cleanupSince: undefined }
  await storeUser(table, reminder.userId, 0, { user: { ...ann, ...user } })
  await table.transact([
    { put: customerItem({ ...bridge, ...customer }), expectedVersion: 'absent' },
    { put: reviewRecord({ ...opened, ...review }), expectedVersion: 'absent' },
  ])
  await putReminder(table, { ...reminder, ...differing.reminder })
}

/** Changes the customer and the review. */
export async function changeScene(table: Table, { customer, review }: Omit<Differing, 'user' | 'reminder'>) {
  const [item, record] = await table.getMany([
    keys.customer(customerId),
    keys.review(customerId, reminder.reviewId),
  ])
  await table.transact([
    { put: customerItem({ ...bridge, ...asCustomer(item), ...customer }), expectedVersion: versionOf(item) },
    { put: reviewRecord({ ...opened, ...asReview(record), ...review }), expectedVersion: versionOf(record) },
  ])
}

/** A worker with its own client, like an instance of the function; only the test triggers it. */
function startNotifications(
  engine: TestEngine,
  { name, now, notifier }: { name: string; now: () => Date; notifier?: Notifier },
) {
  const client = engine.connect()
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const table = openTable({ documents, name, now })
  const sent: Message[] = []
  const logged: { level: string; message: string; fields?: LogFields | undefined }[] = []
  const worker = createNotifications({
    table,
    notifier: async (message) => {
      await notifier?.(message)
      sent.push(message)
    },
    optOut,
    publicUrl,
    log: (level, message, fields) => void logged.push({ level, message, fields }),
  })
  return {
    client,
    table,
    sent,
    logged,
    sweep: worker.sweep,
    /** Hands over the reminder's stream record; true if it was processed. */
    deliver: async () =>
      (await worker.onStream({ Records: [recordOf(key, 100)] })).batchItemFailures.length === 0,
    stored: () => findReminder(table, reminder),
  }
}

/** The scene in a table of its own, with a clock that stands at its start, and a worker. */
export async function begin(
  engine: TestEngine,
  { notifier, ...differing }: Differing & { notifier?: Notifier } = {},
) {
  const clock = stoppedClock(start)
  const name = await engine.createTable()
  const another = (as = notifier) =>
    startNotifications(engine, { name, now: clock.now, ...(as && { notifier: as }) })
  const worker = another()
  await storeScene(worker.table, differing)
  return { ...worker, clock, another }
}
