import { readFacts } from '../../../shared/directory/facts/read-facts.ts'
import type { Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { Table } from '../../../shared/table/table.ts'
import { orgs, readOrg } from '../../support/orgs.ts'
import { createIds, randomQuestion } from '../../support/questions.ts'
import { Random } from '../../support/random.ts'

/** The arguments of `decide`. */
export type Decidable = { facts: Facts; action: string; ref: ResourceRef }
/** A question in the service's ids, before anything is read. */
export type Asked = { customerId: string; userId: string; action: string; ref: ResourceRef; now: Date }

/** The same random questions about the organisations in each run. */
export async function askedQuestions(table: Table, count: number): Promise<Asked[]> {
  const histories = orgs.map(readOrg)
  const ids = createIds(table)
  const random = new Random(14)
  const asked = Array.from({ length: count }, () => randomQuestion(random, random.pick(histories)))
  return Promise.all(
    asked.map(async ({ customerId, email, action, resource: { type, id }, now }) => {
      const isNamed = type === 'user' || type === 'project'
      const ref = { type, id: isNamed ? await ids[type](customerId, id) : id }
      return { customerId, userId: await ids.user(customerId, email), action, ref, now }
    }),
  )
}

/** Each with facts of its own, as each request reads them. */
export async function withFacts(table: Table, asked: readonly Asked[]): Promise<Decidable[]> {
  const decidable: Decidable[] = []
  for (const { customerId, userId, action, ref, now } of asked) {
    const facts = await readFacts(table, { customerId, userId, resource: ref, now: instantOf(now) })
    decidable.push({ facts, action, ref })
  }
  return decidable
}
