import { readFacts } from '../../shared/directory/facts/read-facts.ts'
import { decide } from '../../shared/domain/access/decide.ts'
import { projectNameKey } from '../../shared/domain/entities/project.ts'
import { instantOf } from '../../shared/domain/values/instant.ts'
import { asClaim } from '../../shared/records/claims.ts'
import { type Key, keys } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import { actions, type Answer, type Question } from '../oracle/oracle.ts'
import type { Random } from './random.ts'
import { tenant, type TimedEvent } from './timeline.ts'

const nows = [
  '2026-08-25T00:00:00Z',
  '2026-09-01T00:00:00Z',
  '2030-01-01T00:00:00Z',
  '2026-11-23T00:00:00Z',
  '2035-01-01T00:00:00Z',
].map((text) => new Date(text))

/** Half about what an event connects somebody with, half about anything; some about what isn't there. */
export function randomQuestion(random: Random, history: readonly TimedEvent[]): Question {
  const event = random.pick(history)
  const other = random.chance(0.5) ? event : random.pick(history)
  const customerId = tenant(event)
  const email = String(event.data.user ?? event.data.email ?? mainCustomer(history[0]))
  const type = random.pick(['customer', 'user', 'project', 'project', 'project', 'server', 'server', 'zone'])
  return {
    customerId: random.chance(0.01) ? 'ZZZ999999' : customerId,
    email: random.chance(0.03) ? mainCustomer(history[0]) : random.chance(0.02) ? 'nobody@x.example' : email,
    action: random.chance(0.02) ? 'server.fly' : fittingAction(random, type),
    resource: { type, id: resourceId(random, type, other, customerId, email) },
    now: random.pick(nows),
  }
}

function mainCustomer(created: TimedEvent | undefined): string {
  if (!created) throw new Error('a history begins with its customer')
  return (created.data.mainCustomer as { email: string }).email
}

/** Of the resource's type nine times in ten. */
function fittingAction(random: Random, type: string): string {
  const action = random.pick(actions)
  if (random.chance(0.1) || type === 'zone') return action
  const fits = {
    project: /^(project|compute|image|objectstore|volume|network)\./,
    server: /^server\./,
    user: /^user\./,
    customer: /^(account|contact|billing|user|project|server|cdn|audit|review)\./,
  }[type]
  return fits?.test(action) ? action : fittingAction(random, type)
}

function resourceId(
  random: Random,
  type: string,
  { data }: TimedEvent,
  customerId: string,
  self: string,
): string {
  if (random.chance(0.02)) return 'none'
  if (type === 'customer') return customerId
  if (type === 'user') return random.chance(0.3) ? self : String(data.user ?? data.email ?? self)
  if (type === 'server') return String(data.serverId ?? 'website')
  return String(data.project ?? data.name ?? customerId)
}

/** Natural names to the ids that the service gave; of what is deleted, the id it had. */
export function createIds(table: Table) {
  const known = new Map<string, Promise<string>>()
  const lastHolder = async (key: Key) => asClaim(await table.get(key))?.holders.at(-1)?.id ?? 'unknown'
  const once = (key: Key) => {
    const text = key.pk + key.sk
    const id = known.get(text) ?? lastHolder(key)
    known.set(text, id)
    return id
  }
  return {
    user: (customerId: string, email: string) => once(keys.email(customerId, email)),
    project: (customerId: string, name: string) =>
      name === customerId
        ? Promise.resolve('main')
        : once(keys.projectName(customerId, projectNameKey(name))),
  }
}

export type Ids = ReturnType<typeof createIds>

/** The service's own answer, in the oracle's words. */
export async function answerOf(table: Table, ids: Ids, question: Question): Promise<Answer> {
  const { customerId, email, action, now } = question
  const { type } = question.resource
  const named =
    type === 'user' || type === 'project' ? await ids[type](customerId, question.resource.id) : undefined
  const resource = { type, id: named ?? question.resource.id }
  const userId = await ids.user(customerId, email)
  const facts = await readFacts(table, { customerId, userId, resource, now: instantOf(now) })
  const { allowed, reason } = decide(facts, action, resource)
  const needed = 'needed' in reason ? reason.needed : undefined
  return { decision: allowed, code: reason.code, ...(needed !== undefined && { needed }) }
}
