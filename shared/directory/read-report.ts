import type { Actor } from '../domain/actor.ts'
import { userNamed } from '../domain/actor.ts'
import type { Customer } from '../domain/customer.ts'
import type { Instant } from '../domain/instant.ts'
import type { ReportHeader, ReportRecord } from '../domain/report.ts'
import { decidersOf, reportRecord } from '../domain/report-record.ts'
import type { Review } from '../domain/review.ts'
import { reportHeader } from '../domain/review-report.ts'
import { usersAmong } from '../domain/review-policy.ts'
import { findAdmins } from '../table/customers.ts'
import { keys } from '../table/keys.ts'
import { listReminders } from '../table/reminders.ts'
import { everyItem } from '../table/reviews.ts'
import type { Table } from '../table/table.ts'
import { asUser } from '../table/users.ts'

/** A report's header, with the admins as they are now where the policy asks them. */
export async function readReportHeader(
  table: Table,
  customer: Customer,
  review: Review,
  now: Instant,
): Promise<ReportHeader> {
  const { reviewers } = review.policy
  const [admins, reminders] = await Promise.all([
    reviewers.includes('admins') ? findAdmins(table, customer.id) : undefined,
    listReminders(table, customer.id, review.id),
  ])
  const ids = new Set([
    customer.mainCustomerId,
    ...Object.keys(admins?.since ?? {}),
    ...usersAmong(reviewers),
    ...reminders.map(({ userId }) => userId),
    ...[review.startedBy, review.appliedBy, review.cancelledBy].filter(isUser).map(({ id }) => id),
  ])
  const users = await table.getMany([...ids].map((id) => keys.user(customer.id, id)))
  const people = users.map(asUser).filter((user) => user !== undefined)
  return reportHeader({ customer, review, people, reminders, now })
}

const isUser = (actor: Actor | undefined): actor is Actor => actor?.kind === 'user'

/** A record for each grant under review, by user and resource, as they are read; who has decided is looked up once each. */
export async function* readReportRecords(table: Table, review: Review): AsyncGenerator<ReportRecord> {
  const emails = new Map<string, string | undefined>()
  for await (const item of everyItem(table, review)) {
    for (const name of decidersOf(item)) {
      if (!emails.has(name)) emails.set(name, await emailOf(table, review.customerId, name))
    }
    yield reportRecord(item, emails)
  }
}

async function emailOf(table: Table, customerId: string, actor: string): Promise<string | undefined> {
  const id = userNamed(actor)
  return id === undefined ? undefined : asUser(await table.get(keys.user(customerId, id)))?.email
}
