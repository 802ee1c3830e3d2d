import type { JsonObject } from '../../../functions/access/decisions/parse.ts'
import { searchActions, searchResources, searchSubjects } from '../../../functions/access/search/search.ts'
import { readFacts } from '../../../shared/directory/facts/read-facts.ts'
import { decide } from '../../../shared/domain/access/decide.ts'
import { actionsOn, resourceTypes } from '../../../shared/domain/access/permissions.ts'
import { mapConcurrent } from '../../../shared/runtime/concurrency.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { RandomDirectory, Ref } from './random-directory.ts'

export const actionsFor = ({ type }: Pick<Ref, 'type'>): string[] => {
  const known = resourceTypes.find((name) => name === type)
  return known ? [...actionsOn[known]].sort() : []
}

export const triple = (userId: string, action: string, { type, id }: Ref) =>
  `${userId} ${action} ${type}/${id}`

/** Everything that is allowed at the moment: each triple as an evaluation of its own decides it. */
export async function evaluateAll(table: Table, directory: RandomDirectory, now: string) {
  const { customerId } = directory
  const [userIds, refs] = [await directory.userIds(), await directory.refs()]
  const allowed = new Set<string>()
  let asked = 0
  const pairs = userIds.flatMap((userId) => refs.map((ref) => ({ userId, ref })))
  await mapConcurrent(pairs, 16, async ({ userId, ref }) => {
    const facts = await readFacts(table, { customerId, userId, resource: ref, now })
    for (const action of actionsFor(ref)) {
      asked++
      if (decide(facts, action, ref).allowed) allowed.add(triple(userId, action, ref))
    }
  })
  return { userIds, refs, allowed, asked }
}

const searches = { subject: searchSubjects, resource: searchResources, action: searchActions }
type Result = { type?: string; id?: string; name?: string }

/** All pages of a search, one after the other; `between` is done after each but the last. */
export async function searchAll(
  deps: Parameters<typeof searchSubjects>[0],
  customerId: string,
  kind: keyof typeof searches,
  { limit, ...body }: JsonObject & { limit?: number | undefined },
  between: (page: readonly string[]) => Promise<void> = async () => {},
): Promise<string[]> {
  const found: string[] = []
  let asked: JsonObject = { ...body, page: limit === undefined ? {} : { limit } }
  for (let pages = 1; ; pages++) {
    if (pages > 500) throw new Error('the pages have no end')
    const answer = await searches[kind](deps, customerId, { enforces: true }, asked)
    const { page, results } = answer as { page: { next_token: string }; results: Result[] }
    if (limit !== undefined && results.length > limit) throw new Error('the page is too long')
    const names = results.map(({ id, name }) => String(id ?? name))
    found.push(...names)
    await between(names)
    if (page.next_token === '') return found
    // The token alone asks for the next page; so does the whole request with it.
    asked =
      pages % 2 === 0 ? { page: { token: page.next_token } } : { ...body, page: { token: page.next_token } }
  }
}

type Asked =
  | { kind: 'subject'; action: string; ref: Ref }
  | { kind: 'resource'; action: string; userId: string; type: string }

/** What one search should find now: ids of users or resources. */
export async function allowedAmong(
  table: Table,
  directory: RandomDirectory,
  now: string,
  asked: Asked,
): Promise<Set<string>> {
  const { customerId } = directory
  const { action } = asked
  const pairs =
    asked.kind === 'subject'
      ? (await directory.userIds()).map((userId) => ({ userId, ref: asked.ref, name: userId }))
      : (await directory.refs())
          .filter(({ type }) => type === asked.type)
          .map((ref) => ({ userId: asked.userId, ref, name: ref.id }))
  const found = await mapConcurrent(pairs, 16, async ({ userId, ref, name }) => {
    const facts = await readFacts(table, { customerId, userId, resource: ref, now })
    return decide(facts, action, ref).allowed ? [name] : []
  })
  return new Set(found.flat())
}
