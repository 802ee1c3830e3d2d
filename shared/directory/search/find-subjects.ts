import { decide, type Facts, type ResourceRef } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import { type SubjectsToAsk, subjectsToAsk } from '../../domain/access/search/where-to-look.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { storedMainGrant, type User } from '../../domain/entities/user.ts'
import { isId } from '../../domain/values/id.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { asAdmins, asCustomer } from '../../records/customers.ts'
import { asGrant, proposeHolders } from '../../records/grants.ts'
import { asUser } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import { fillPage, type Page, type PageRequest } from '../../table/query.ts'
import type { Reads } from '../../table/table.ts'
import { asResource, resourceKey } from '../facts/read-resource.ts'
import { grantsOf, roundsOfCandidates, searchRounds } from './candidates.ts'

type SubjectQuery = { customerId: string; action: string; resource: ResourceRef; now: Instant }

/** Entries of the index that a round reads for the few among them that Main comes to by type. */
const entriesByType = 500

/**
 * Lists the users who may do it, by id, each as `decide` allows it on strong reads: the main-customer, the admins, and
 * holders of grants, whom an index proposes. Seven requests at most.
 */
export async function findSubjects(
  reads: Reads,
  { customerId, action, resource: ref, now }: SubjectQuery,
  page: PageRequest,
): Promise<Page<User>> {
  if (!isId(customerId)) return { items: [] }
  const key = resourceKey(customerId, ref)
  const [customerItem, adminsItem, item] = await reads.getMany([
    keys.customer(customerId),
    keys.admins(customerId),
    ...(key ? [key] : []),
  ])
  const resource = asResource(ref, item)
  const customer = asCustomer(customerItem)
  const main = customer && mainProjectOf(customer)
  const facts: Facts = { now, customer, user: undefined, grants: new Map(), main, resource }
  const toAsk = subjectsToAsk(facts, action, ref)
  if (!customer || !toAsk) return { items: [] }
  const known = [customer.mainCustomerId, ...Object.keys(asAdmins(adminsItem)?.since ?? {})]
  const always = toAsk.self === undefined ? known : [...known, toAsk.self]

  const nextRound = roundsOfCandidates()

  async function askSome({ limit, after }: PageRequest): Promise<Page<User>> {
    const { items, next } = await propose(reads, customerId, toAsk ?? {}, always, nextRound(limit, after))
    const asked = await readSubjects(reads, facts, ref, items)
    const allowed = asked.filter((subject) => decide(subject, action, ref).allowed)
    return { items: allowed.map(({ user }) => user).filter((user) => user !== undefined), next }
  }
  return fillPage(page, searchRounds, askSome, ({ id }) => ({ id }))
}

/** Ids in order, the known and the proposed ones. */
async function propose(
  reads: Reads,
  customerId: string,
  { holdersOf, byType }: SubjectsToAsk,
  known: readonly string[],
  { limit, after }: { limit: number; after: string | undefined },
): Promise<Page<string>> {
  // No character of an id sorts before this one.
  const from = after === undefined ? undefined : `${after}!`
  const entries = byType ? entriesByType : limit + 1
  const { ids, upTo } = holdersOf
    ? await proposeHolders(reads, customerId, holdersOf, { limit: entries, from, byType })
    : { ids: [] }
  const all = [...new Set([...known, ...ids])]
    .filter((id) => (from === undefined || id > from) && (upTo === undefined || id <= upTo))
    .sort()
  const items = all.slice(0, limit)
  const end = all.length > limit ? items.at(-1) : upTo
  return { items, next: end === undefined ? undefined : { id: end } }
}

/** The facts about each subject: its grants of Main, of which the user has a copy, and of the resource. */
async function readSubjects(
  reads: Reads,
  facts: Facts,
  { type, id }: ResourceRef,
  userIds: readonly string[],
): Promise<Facts[]> {
  const customerId = facts.customer?.id ?? ''
  const isGranted = (type === 'project' && id !== mainProjectId) || type === 'server'
  const grantKeys = isGranted ? userIds.map((userId) => keys.grant(customerId, userId, type, id)) : []
  const items = await reads.getMany([...userIds.map((userId) => keys.user(customerId, userId)), ...grantKeys])
  return userIds.map((_, place) => {
    const user = asUser(items[place])
    const stored = isGranted ? asGrant(items[userIds.length + place]) : undefined
    return { ...facts, user, grants: grantsOf(user && storedMainGrant(user), stored) }
  })
}
