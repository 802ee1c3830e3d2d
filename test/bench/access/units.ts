import { type FactsQuestion, readDecisionFacts } from '../../../shared/directory/facts/decision-facts.ts'
import type { StoredGrant } from '../../../shared/domain/entities/grant.ts'
import { holderNow } from '../../../shared/domain/entities/claim.ts'
import { type Instant, stampOf } from '../../../shared/domain/values/instant.ts'
import { asClaim } from '../../../shared/records/claims.ts'
import { grantItem } from '../../../shared/records/grants.ts'
import { keys } from '../../../shared/table/keys.ts'
import { creation, eventOf, mainCustomer } from '../customers.ts'
import type { Metered } from '../metered.ts'
import type { Table } from '../table.ts'

const customer = { customerId: 'KEY000001' }
const { customerId } = customer
const counts = [0, 20, 1000]

/** Requests and read units of checks, by how many grants the user has. */
export async function measureKeys(metered: Metered, now: Instant): Promise<Table> {
  await metered.deliverEach([creation(customer)])
  const rows: Table['rows'] = []
  for (const count of counts) {
    const userId = await holderOf(metered, `user-${count}@key.example`, count, now)
    const name = `with ${count.toLocaleString('en')} grants`
    rows.push(await row(metered, now, `one check, ${name}`, questions(userId, 1, 1), [1, 5]))
    rows.push(await row(metered, now, `48 over one project, ${name}`, questions(userId, 48, 1), [1, 5]))
    // Of a thousand grants, a query reads the beginning before keys read the rest.
    const most = count > 20 ? 40 : 17
    rows.push(await row(metered, now, `48 over 14 projects, ${name}`, questions(userId, 48, 14), [2, most]))
  }
  return {
    title: `Reads of checks, at a customer of ${mainCustomer(customer)}`,
    columns: ['requests', 'read units'],
    rows,
  }
}

const projectId = (number: number) => `prj_${String(number).padStart(26, '0')}`

/** Beginning in the middle, where a query from the beginning doesn't reach with a thousand grants. */
const questions = (userId: string, count: number, projects: number): FactsQuestion[] =>
  Array.from({ length: count }, (_, each) => ({
    subject: { userId },
    resource: { type: 'project', id: projectId(500 + (each % projects)) },
  }))

async function row(
  { measure, table }: Metered,
  now: Instant,
  name: string,
  asked: FactsQuestion[],
  [requests, units]: [number, number],
): Promise<Table['rows'][number]> {
  const used = await measure(() => readDecisionFacts(table, { customerId, now }, asked))
  return {
    name,
    cells: [
      { value: used.requests, atMost: requests },
      { value: used.readUnits, atMost: units },
    ],
  }
}

async function holderOf(metered: Metered, email: string, count: number, now: Instant): Promise<string> {
  const { table } = metered
  await metered.deliverEach([
    eventOf('user.created', { customerId, email, name: 'Somebody', type: 'customer-tech' }),
  ])
  const userId = holderNow(asClaim(await table.get(keys.email(customerId, email))))?.id
  if (userId === undefined) throw new Error(`${email} is nobody`)
  for (let number = 0; number < count; number++) {
    const grant: StoredGrant = {
      customerId,
      userId,
      resource: { kind: 'project', id: projectId(number) },
      stamp: stampOf(now, `evt_${number}`),
      roles: ['compute:operate', 'volume:read'],
      capabilities: [],
      source: 'webhook',
      grantedBy: 'orders',
      grantedAt: now,
    }
    await table.putNew({ ...grantItem(grant), version: 1 })
  }
  return userId
}
