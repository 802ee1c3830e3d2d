import type { ResourceRef } from '../../domain/access/decide.ts'
import { asAdmins } from '../../records/customers.ts'
import { listHolders } from '../../records/grants.ts'
import { keys } from '../../table/keys.ts'
import type { Page, PageRequest } from '../../table/query.ts'
import { type AccessAt, accessAt } from './access-at.ts'
import { resourceKey } from '../facts/read-resource.ts'
import { grantedResourceOf, subjectKeys } from './directory-at.ts'
import { type AccessQuestion, readDirectory } from './question.ts'
import type { Reading } from './read-past.ts'

/** Users that a page looks at: with three items each, a call makes ten requests at most. */
const mostUsers = 33

/** Lists everybody who had access to a resource, by user id: `after.user` is the last one of the page before. */
export async function listOfResource(
  question: AccessQuestion,
  ref: ResourceRef,
  { limit, after }: PageRequest,
): Promise<Page<AccessAt>> {
  const { table, customer } = question
  let found: Users = { ids: [] }
  const directory = await readDirectory(question, async (reading) => {
    const own = resourceKey(customer.id, ref)
    const [admins, resource] = await table.getMany([keys.admins(customer.id), ...(own ? [own] : [])])
    const byType = [
      ...Object.keys(asAdmins(admins)?.since ?? {}),
      ...typesThen(reading),
      customer.mainCustomerId,
    ]
    const self = ref.type === 'user' ? [ref.id] : []
    const page = { limit: Math.min(limit, mostUsers), after }
    found = await usersAmong(question, ref, [...byType, ...self, ...holdersThen(reading, ref)], page)
    const wanted = found.ids.flatMap((id) => subjectKeys(customer.id, id, ref))
    return [resource, ...(await table.getMany(wanted))]
  })
  if (!directory) return { items: [], next: after ?? { user: '' } }
  const items = found.ids.map((id) => accessAt(directory, id, ref)).filter((access) => access !== undefined)
  return { items, next: found.next }
}

/** Users whose type, which has changed since, may have given them access. */
const typesThen = ({ past }: Reading): string[] =>
  [...past]
    .filter(([name, { before }]) => name.startsWith('user/') && before && !isByGrantOnly(before.type))
    .map(([name]) => name.slice('user/'.length))

const isByGrantOnly = (type: unknown) => type === 'customer-tech' || type === 'customer-client'

/** Users whose grant has changed since, or so lately that the index may not have it yet. */
function holdersThen({ past, mentioned }: Reading, ref: ResourceRef): string[] {
  const { kind, id } = grantedResourceOf(ref)
  const prefix = `${kind === 'project' ? 'membership' : 'assignment'}/${id}/`
  return [...past.keys(), ...mentioned]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
}

type Users = { ids: string[]; next?: Page<never>['next'] }

/** A page of these users and those with a stored grant, as the index lists them. */
async function usersAmong(
  { table, customer }: AccessQuestion,
  ref: ResourceRef,
  others: readonly string[],
  { limit, after }: PageRequest,
): Promise<Users> {
  // No character of an id sorts before this one.
  const from = after?.user ? `${after.user}!` : undefined
  const proposed = await listHolders(table, customer.id, grantedResourceOf(ref), { limit: limit + 1, from })
  const horizon = proposed.next && proposed.items.at(-1)
  const ids = [...new Set([...proposed.items, ...others])]
    .filter((id) => (!from || id > from) && (horizon === undefined || id <= horizon))
    .sort()
  const shown = ids.slice(0, limit)
  const end = ids.length > limit ? shown.at(-1) : horizon
  return { ids: shown, next: end === undefined ? undefined : { user: end } }
}
