import { isImplicitMember } from '../../domain/access/membership.ts'
import type { Item } from '../../table/item.ts'
import { type Key, keys, keyText, parseGrantKey, prefixes } from '../../table/keys.ts'
import type { Page, PageRequest } from '../../table/query.ts'
import { type AccessAt, accessAt } from './access-at.ts'
import { directoryAt } from './directory-at.ts'
import { type AccessQuestion, readDirectory } from './question.ts'
import type { Reading } from './read-past.ts'

type Kind = 'project' | 'server'
type Resource = { type: Kind; id: string }
type Candidates = { resources: Resource[]; items: (Item | undefined)[]; next?: Page<never>['next'] }

/** Resources that a page looks at, so that a call makes ten requests at most. */
const mostResources = 90

/**
 * Lists everything that a user had access to: the account, then projects, then servers, each by id. `after.part` says which
 * of them comes next.
 */
export async function listOfSubject(
  question: AccessQuestion,
  userId: string,
  { limit, after }: PageRequest,
): Promise<Page<AccessAt>> {
  const { table, customer } = question
  const own: Item[] = []
  for await (const item of table.queryAll({ partition: keys.user(customer.id, userId).pk })) own.push(item)
  let found: Candidates = { resources: [], items: [] }
  const directory = await readDirectory(question, async (reading) => {
    found = await candidates(
      question,
      { userId, own, reading },
      { limit: Math.min(limit, mostResources), after },
    )
    return [...own, ...found.items]
  })
  if (!directory) return { items: [], next: after ?? { part: 'account' } }
  const account = isFirst(after)
    ? accessAt(directory, userId, { type: 'customer', id: customer.id })
    : undefined
  const others = found.resources.map((resource) => accessAt(directory, userId, resource))
  return { items: [account, ...others].filter((access) => access !== undefined), next: found.next }
}

/** The account is on the first page. */
const isFirst = (after: PageRequest['after']) => after === undefined || after.part === 'account'

type Subject = { userId: string; own: readonly Item[]; reading: Reading }

/** Projects and servers on which the user may have had rights, with their present items. */
async function candidates(
  question: AccessQuestion,
  subject: Subject,
  { limit, after }: PageRequest,
): Promise<Candidates> {
  const { time, customer } = question
  const present = new Map(subject.own.map((item) => [keyText(item), item]))
  const user = directoryAt(time, customer, subject.reading, present).user(subject.userId)
  if (!user) return { resources: [], items: [] }
  const list = isImplicitMember(user) ? listAll : listHeld
  const isAtServers = after?.part === 'server'
  const room = isFirst(after) ? limit - 1 : limit
  if (room === 0) return { ...nothing, next: { part: 'project' } }
  const projects = isAtServers
    ? nothing
    : await list(question, subject, 'project', { limit: room, after: after?.sk })
  if (projects.next) return projects
  const left = room - projects.resources.length
  if (left === 0) return { ...projects, next: { part: 'server' } }
  const servers = await list(question, subject, 'server', {
    limit: left,
    after: isAtServers ? after.sk : undefined,
  })
  return {
    resources: [...projects.resources, ...servers.resources],
    items: [...projects.items, ...servers.items],
    next: servers.next,
  }
}

const nothing: Candidates = { resources: [], items: [] }

type Part = { limit: number; after: string | undefined }

/** All of the customer's, tombstones included: those deleted since then are among them. */
async function listAll(
  { table, customer }: AccessQuestion,
  _subject: Subject,
  kind: Kind,
  { limit, after }: Part,
): Promise<Candidates> {
  const { pk } = keys.customer(customer.id)
  const prefix = kind === 'project' ? prefixes.projects : prefixes.servers
  const { items, next } = await table.queryPage({
    partition: pk,
    prefix,
    limit,
    after: after === undefined ? undefined : { pk, sk: after },
  })
  const last = items.at(-1)
  return {
    resources: items.map(({ sk }) => ({ type: kind, id: sk.slice(prefix.length) })),
    items,
    next: next && last && { part: kind, sk: last.sk },
  }
}

/** Those that the user holds a grant on, or held one then. */
async function listHeld(
  { table, customer }: AccessQuestion,
  { userId, own, reading }: Subject,
  kind: Kind,
  { limit, after = '' }: Part,
): Promise<Candidates> {
  const keyOf = (id: string): Key =>
    kind === 'project' ? keys.project(customer.id, id) : keys.server(customer.id, id)
  const ids = new Set([...heldNow(own, kind), ...heldThen(reading, kind, userId)])
  const left = [...ids].sort().filter((id) => keyOf(id).sk > after)
  const shown = left.slice(0, limit)
  const last = shown.at(-1)
  return {
    resources: shown.map((id) => ({ type: kind, id })),
    items: await table.getMany(shown.map(keyOf)),
    next: left.length > limit && last !== undefined ? { part: kind, sk: keyOf(last).sk } : undefined,
  }
}

function heldNow(own: readonly Item[], kind: Kind): string[] {
  const grants = own.filter(({ sk }) => sk.startsWith('GRANT#')).map((item) => parseGrantKey(item).resource)
  return grants.filter((resource) => resource.kind === kind).map(({ id }) => id)
}

function heldThen({ past }: Reading, kind: Kind, userId: string): string[] {
  const type = kind === 'project' ? 'membership' : 'assignment'
  return [...past.keys()]
    .filter((name) => name.startsWith(`${type}/`) && name.endsWith(`/${userId}`))
    .map((name) => name.slice(type.length + 1, -userId.length - 1))
}
