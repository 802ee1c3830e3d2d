import { readDecisionFacts, type Subject } from '../../shared/directory/facts/decision-facts.ts'
import type { ResourceRef } from '../../shared/domain/access/decide.ts'
import { holderNow } from '../../shared/domain/entities/claim.ts'
import { instantOf } from '../../shared/domain/values/instant.ts'
import { asClaim } from '../../shared/records/claims.ts'
import { type Key, keys } from '../../shared/table/keys.ts'
import { mainCustomer, member, project, server, type Sized } from './customers.ts'
import type { Metered } from './metered.ts'
import type { Cell, Table } from './table.ts'

/** By id one request; by e-mail one more before it. */
const byId = { requests: 1, rounds: 1, readUnits: 5 }
const byEmail = { requests: 2, rounds: 2, readUnits: 6 }

type Question = { name: string; subject: Subject; resource: ResourceRef }

/** What it takes to read what a decision depends on; it may not depend on the size of the customer. */
export async function measureDecisions(metered: Metered, [small, large]: [Sized, Sized]): Promise<Table> {
  const asked = await questions(metered, small)
  const askedOfLarge = await questions(metered, large)
  const rows: Table['rows'] = []
  for (const [index, question] of asked.entries()) {
    const usage = await costOf(metered, small, question)
    const usageOfLarge = await costOf(metered, large, askedOfLarge[index] ?? question)
    const limits = 'userId' in question.subject ? byId : byEmail
    const parts = ['requests', 'rounds', 'readUnits'] as const
    rows.push({
      name: `${question.name}, of ${small.users}`,
      cells: parts.map((part): Cell => ({ value: usage[part], atMost: limits[part] })),
    })
    rows.push({
      name: `${question.name}, of ${large.users.toLocaleString('en')}`,
      cells: parts.map((part): Cell => ({ value: usageOfLarge[part], exactly: usage[part] })),
    })
  }
  return { title: 'A decision about a user', columns: ['requests', 'rounds', 'read units'], rows }
}

function costOf({ measure, table }: Metered, { customerId }: Sized, { subject, resource }: Question) {
  const now = instantOf(table.now())
  return measure(() => readDecisionFacts(table, { customerId, now }, [{ subject, resource }]))
}

async function questions({ table }: Metered, sized: Sized): Promise<Question[]> {
  const { customerId } = sized
  const holderOf = async (claim: Key) => {
    const holder = holderNow(asClaim(await table.get(claim)))
    if (!holder) throw new Error(`nobody holds ${claim.sk}`)
    return holder.id
  }
  const idOf = async (email: string) => ({ userId: await holderOf(keys.email(customerId, email)) })
  const owner = await idOf(mainCustomer(sized))
  const granted = await idOf(member(sized, 0))
  const bare = await idOf(member(sized, 1))
  const onProject = { type: 'project', id: await holderOf(keys.projectName(customerId, project(0))) }
  const onCustomer = { type: 'customer', id: customerId }
  const onServer = { type: 'server', id: server(0) }
  return [
    { name: 'by id with 20 grants, project', subject: granted, resource: onProject },
    { name: 'by id with 20 grants, server', subject: granted, resource: onServer },
    { name: 'by id with 20 grants, customer', subject: granted, resource: onCustomer },
    { name: 'by id with 20 grants, Main', subject: granted, resource: { type: 'project', id: 'main' } },
    { name: 'by id with 20 grants, user', subject: granted, resource: { type: 'user', id: bare.userId } },
    { name: 'by id without grants, project', subject: bare, resource: onProject },
    { name: 'by id, main-customer, project', subject: owner, resource: onProject },
    { name: 'by e-mail with 20 grants, project', subject: { email: member(sized, 0) }, resource: onProject },
    { name: 'by e-mail without grants, server', subject: { email: member(sized, 1) }, resource: onServer },
  ]
}
