import type { Customer } from '../domain/entities/customer.ts'
import { type Actor, userNamed } from '../domain/values/actor.ts'
import type { Instant } from '../domain/values/instant.ts'
import { findAdmins } from '../records/customers.ts'
import { asUser } from '../records/users.ts'
import { keys } from '../table/keys.ts'
import type { Table } from '../table/table.ts'
import type { Review } from './model/review.ts'
import { usersAmong } from './policy/review-policy.ts'
import { listReminders } from './reminder-store.ts'
import { decidersOf, reportRecord } from './report/columns.ts'
import type { ReportHeader, ReportRecord } from './report/format.ts'
import { reportHeader } from './report/header.ts'
import { everyItem } from './store.ts'

/** Reads a report's header; the admins are those of now, if the policy names them. */
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

/** Yields a record for each item, by user and resource, as it is read. Each decider is looked up once. */
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
