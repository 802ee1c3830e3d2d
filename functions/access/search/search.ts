import type { CursorCodec } from '../../../shared/auth/cursor.ts'
import { findByEmail, readDecisionFacts } from '../../../shared/directory/facts/decision-facts.ts'
import { mostFound } from '../../../shared/directory/search/candidates.ts'
import { findResources } from '../../../shared/directory/search/find-resources.ts'
import { findSubjects } from '../../../shared/directory/search/find-subjects.ts'
import { allowedActions } from '../../../shared/domain/access/search/allowed-actions.ts'
import { parseEmail } from '../../../shared/domain/text/email.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { isId } from '../../../shared/domain/values/id.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { Page, PageRequest } from '../../../shared/table/query.ts'
import type { Reads } from '../../../shared/table/table.ts'
import type { JsonObject } from '../decisions/parse.ts'
import type { AnswerDeps, Scope } from '../caller/deps.ts'
import { anotherSearch, parseSearch, type Query, sealed, type SearchKind } from './parse-search.ts'
import { scopeName, useRightToAsk } from '../caller/scope.ts'

/** AuthZEN 1.0, sections 8.2.2 and 8.3. */
type Found<T> = { page: { next_token: string; count: number }; results: T[] }
type FoundEntity = { type: string; id: string }

/** Results of a page where the search doesn't say. */
const usual = 50

/** Who may do this? (Section 8.4.) For a user only with `user.read`. */
export const searchSubjects = searchFor('subject', async (search, page) => {
  const { reads, customerId, now } = search
  await checkCaller(search)
  const { subject, action, resource } = search.query
  if (subject.type !== 'user' && subject.type !== 'user_email') return { items: [] }
  const question = { customerId, action: action?.name ?? '', resource: whole(resource), now }
  const { items, next } = await findSubjects(reads, question, page)
  const isById = subject.type === 'user'
  return { items: items.map(({ id, email }) => ({ type: subject.type, id: isById ? id : email })), next }
})

/** What may this user do it with? (Section 8.5.) */
export const searchResources = searchFor('resource', async (search, page) => {
  const { reads, customerId, now } = search
  const { subject, action, resource } = search.query
  const userId = await subjectIn(search, whole(subject))
  const question = { customerId, userId, action: action?.name ?? '', type: resource.type, now }
  const { items, next } = await findResources(reads, question, page)
  return { items: items.map(({ id }) => ({ type: resource.type, id })), next }
})

/** What may this user do with it? (Section 8.6.) By name. */
export const searchActions = searchFor('action', async (search, { limit, after }) => {
  const { reads, customerId, now } = search
  const resource = whole(search.query.resource)
  const userId = await subjectIn(search, whole(search.query.subject))
  if (userId === undefined || !isId(customerId) || !isId(userId)) return { items: [] }
  const [facts] = await readDecisionFacts(reads, { customerId, now }, [{ subject: { userId }, resource }])
  if (!facts) throw new Error('no facts were read')
  const left = allowedActions(facts, resource).filter((name) => name > (after?.name ?? ''))
  const names = left.slice(0, limit)
  const last = names.at(-1)
  return {
    items: names.map((name) => ({ name })),
    next: left.length > limit && last !== undefined ? { name: last } : undefined,
  }
})

type Searching = {
  deps: AnswerDeps
  reads: Reads
  customerId: string
  scope: Scope
  now: string
  query: Query
}

function searchFor<T>(kind: SearchKind, find: (search: Searching, page: PageRequest) => Promise<Page<T>>) {
  return async (deps: AnswerDeps, customerId: string, scope: Scope, body: JsonObject): Promise<Found<T>> => {
    const { reads, now } = deps
    const binding = JSON.stringify([customerId, scopeName(scope), 'search', kind])
    const search = await parseSearch(kind, body, async (token) =>
      openToken(await deps.cursors(), binding, token),
    )
    const { query, limit = usual, after } = search
    const page = { limit: Math.min(Math.max(limit, 1), mostFound), after }
    const { items, next } = await find({ deps, reads, customerId, scope, now: instantOf(now()), query }, page)
    const results = limit === 0 ? [] : items
    const rest = results.length < items.length ? (after ?? {}) : next
    const token = rest === undefined ? '' : (await deps.cursors()).seal(binding, sealed(search, rest))
    return { page: { next_token: token, count: results.length }, results }
  }
}

function openToken(cursors: CursorCodec, binding: string, token: string): Record<string, string> {
  try {
    return cursors.open(binding, token)
  } catch (error) {
    throw error instanceof DomainError ? anotherSearch() : error
  }
}

/** An entity whose id the schema requires. */
const whole = ({ type, id = '' }: Query['resource']): FoundEntity => ({ type, id })

/** Id of the user that the search is about; `undefined` if it is nobody's. Throws `forbidden` beyond the scope. */
async function subjectIn(search: Searching, { type, id }: FoundEntity): Promise<string | undefined> {
  const { reads, customerId, scope } = search
  const isByEmail = type === 'user_email' && isId(customerId)
  const userId = isByEmail ? await findByEmail(reads, customerId, parseEmail(id)) : id
  const isUser = isByEmail || type === 'user'
  if (!isUser || userId !== scope.userId) await checkCaller(search)
  return isUser ? userId : undefined
}

/** Throws `forbidden` for a user who may not ask about others. */
async function checkCaller({ deps, customerId, scope }: Searching): Promise<void> {
  if (scope.userId !== undefined) await useRightToAsk(deps, customerId, scope.userId)
}
