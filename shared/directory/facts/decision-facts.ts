import type { Facts, ResourceRef } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import { holderNow } from '../../domain/entities/claim.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import type { GrantedResource } from '../../domain/entities/grant.ts'
import { mainProjectId } from '../../domain/entities/project.ts'
import { parseEmail } from '../../domain/text/email.ts'
import { isId } from '../../domain/values/id.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { asClaim } from '../../records/claims.ts'
import { asCustomer } from '../../records/customers.ts'
import { asGrant, grantKeyOf } from '../../records/grants.ts'
import { asUser } from '../../records/users.ts'
import type { Item, Versioned } from '../../table/item.ts'
import { type Key, keys, keyText } from '../../table/keys.ts'
import type { Reads } from '../../table/table.ts'
import { asResource, resourceKey, type VersionedResource } from './read-resource.ts'

export type Subject = { userId: string } | { email: string }

/** Facts with the versions of the entities that may be changed. */
export type ReadFacts = Facts & {
  customer: Versioned<Customer> | undefined
  resource: VersionedResource | undefined
}

/** The versions of the items read, by the text of their key; 0 for one that isn't there. */
export type SeenVersions = Map<string, number>

/** What a decision is about; without a subject, about nobody. */
export type FactsQuestion = { subject: Subject | undefined; resource: ResourceRef }

type Place = { customerId: string; now: Instant }

/** With more grants asked for than this, those of a user are cheaper by a Query. */
const mostGrantsByKey = 2
/** Items that a Query of grants reads at least, and for each grant asked for: about ten are one read unit. */
const leastQueried = 30
const queriedPerGrant = 5

/**
 * Reads what each question depends on, by exact keys: customer, user, resource, the user's grant on it and on Main, all in one
 * request, however many grants the user has. Of each user only grants that were asked for are among the facts. Users by
 * e-mail take one request before that for all of them, and each user with more than two grants asked for takes a Query.
 * `seen` gets the versions of what was read.
 */
export async function readDecisionFacts(
  reads: Reads,
  { customerId, now }: Place,
  questions: readonly FactsQuestion[],
  seen: SeenVersions = new Map(),
): Promise<ReadFacts[]> {
  if (!isId(customerId)) return questions.map(() => aboutNobody(now))
  const userIds = await resolveSubjects(reads, customerId, questions, seen)
  const asked = questions.map(({ resource }, index) => ({ userId: userIds[index], resource }))
  const wanted = asked.map(({ userId, resource }) => keysFor(customerId, userId, resource))
  const items = await readItems(reads, wanted)
  for (const [key, item] of items) seen.set(key, item?.version ?? 0)
  return asked.map(({ userId, resource }, index) => {
    const own = wanted[index]
    return userId === undefined || !own ? aboutNobody(now) : factsFrom(items, own, resource, now)
  })
}

const aboutNobody = (now: Instant): ReadFacts => ({
  now,
  customer: undefined,
  user: undefined,
  grants: new Map(),
  main: undefined,
  resource: undefined,
})

/** The ids of the users that are asked about; undefined for nobody. */
async function resolveSubjects(
  reads: Reads,
  customerId: string,
  questions: readonly FactsQuestion[],
  seen: SeenVersions,
): Promise<(string | undefined)[]> {
  const emails = new Map<string, string | undefined>()
  for (const { subject } of questions)
    if (subject && 'email' in subject) emails.set(subject.email, parseEmail(subject.email))
  const parsed = [...new Set(emails.values())].filter((email) => email !== undefined)
  const claimKeys = parsed.map((email) => keys.email(customerId, email))
  const claims = claimKeys.length === 0 ? [] : await reads.getMany(claimKeys)
  for (const [index, key] of claimKeys.entries()) seen.set(keyText(key), claims[index]?.version ?? 0)
  const holders = new Map(parsed.map((email, index) => [email, holderNow(asClaim(claims[index]))?.id]))
  return questions.map(({ subject }) => {
    if (!subject) return undefined
    const id = 'userId' in subject ? subject.userId : holders.get(emails.get(subject.email) ?? '')
    return id !== undefined && isId(id) ? id : undefined
  })
}

/** The keys of what a decision depends on. */
type Wanted = { customer: Key; user: Key; grants: Key[]; resource: Key | undefined }

function keysFor(customerId: string, userId: string | undefined, ref: ResourceRef): Wanted | undefined {
  if (userId === undefined) return undefined
  return {
    customer: keys.customer(customerId),
    user: keys.user(customerId, userId),
    grants: grantsFor(ref).map(({ kind, id }) => keys.grant(customerId, userId, kind, id)),
    resource: resourceKey(customerId, ref),
  }
}

/** Main's first. */
function grantsFor({ type, id }: ResourceRef): GrantedResource[] {
  const main = { kind: 'project', id: mainProjectId } as const
  if (!isId(id) || (type !== 'project' && type !== 'server')) return [main]
  return type === 'project' && id === mainProjectId ? [main] : [main, { kind: type, id }]
}

/** Items by the text of their key; a key whose item is known not to exist has none. */
type Items = Map<string, Item | undefined>

async function readItems(reads: Reads, wanted: readonly (Wanted | undefined)[]): Promise<Items> {
  const known: Items = new Map()
  const needed = new Map<string, Key>()
  const grantsByUser = new Map<string, Map<string, Key>>()
  for (const each of wanted) {
    if (!each) continue
    for (const key of [each.customer, each.user, each.resource]) if (key) needed.set(keyText(key), key)
    const grants = grantsByUser.get(each.user.pk) ?? new Map<string, Key>()
    for (const key of each.grants) grants.set(key.sk, key)
    grantsByUser.set(each.user.pk, grants)
  }
  await Promise.all(
    [...grantsByUser].map(async ([partition, grants]) => {
      // Besides Main's.
      if (grants.size - 1 > mostGrantsByKey) await queryGrants(reads, partition, grants, known)
      for (const key of grants.values()) needed.set(keyText(key), key)
    }),
  )
  const left = [...needed.values()].filter((key) => !known.has(keyText(key)))
  const items = left.length === 0 ? [] : await reads.getMany(left)
  for (const [index, key] of left.entries()) known.set(keyText(key), items[index])
  return known
}

/**
 * Reads the beginning of a user's collection, whose end is the user itself: what lies before the last item read is known,
 * found or not. The limit bounds what somebody with a thousand grants costs.
 */
async function queryGrants(
  reads: Reads,
  partition: string,
  grants: ReadonlyMap<string, Key>,
  known: Items,
): Promise<void> {
  const { items, next } = await reads.queryPage({
    partition,
    limit: Math.max(leastQueried, queriedPerGrant * grants.size),
  })
  for (const [sk, key] of grants)
    if (next?.sk === undefined || sk <= next.sk) known.set(keyText(key), undefined)
  for (const item of items) known.set(keyText(item), item)
}

function factsFrom(items: Items, wanted: Wanted, ref: ResourceRef, now: Instant): ReadFacts {
  const item = (key: Key) => items.get(keyText(key))
  const customer = asCustomer(item(wanted.customer))
  const grants = wanted.grants.map((key) => asGrant(item(key))).filter((grant) => grant !== undefined)
  return {
    now,
    customer,
    user: asUser(item(wanted.user)),
    grants: new Map(grants.map((grant) => [grantKeyOf(grant.resource), grant])),
    main: customer && mainProjectOf(customer),
    resource: wanted.resource && asResource(ref, item(wanted.resource)),
  }
}

/** Id of the user with this address at present. */
export async function findByEmail(
  reads: Pick<Reads, 'getMany'>,
  customerId: string,
  email: string | undefined,
): Promise<string | undefined> {
  if (email === undefined) return undefined
  const [claim] = await reads.getMany([keys.email(customerId, email)])
  return holderNow(asClaim(claim))?.id
}
