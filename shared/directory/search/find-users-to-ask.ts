import type { Reach } from '../../domain/access/search/where-to-look.ts'
import type { User } from '../../domain/entities/user.ts'
import { asClaim } from '../../records/claims.ts'
import { asUser } from '../../records/users.ts'
import type { Item } from '../../table/item.ts'
import { keys, prefixes } from '../../table/keys.ts'
import { fillPage, type Page, type PageRequest, type Position } from '../../table/query.ts'
import type { Reads } from '../../table/table.ts'
import type { Caller } from '../facts/list-readable.ts'
import { mostFound, roundsOfCandidates, searchRounds } from './candidates.ts'

/** A user at the address that it was created with, where it stays in the order whatever its address becomes. */
type Placed = { id: string; claim: string }

/**
 * Lists the users for whom `isFound` is true: first the subject itself, then, with `all`, everybody else, by the address
 * that they were created with. That never changes, so nobody whose address changes meanwhile is missed or found twice.
 */
export async function findUsersToAsk(
  reads: Reads,
  { user: self }: Caller,
  reach: Reach,
  { limit, after }: PageRequest,
  isFound: (user: User) => boolean,
): Promise<Page<User>> {
  const first = after === undefined && reach !== 'none' && isFound(self) ? [self] : []
  if (reach !== 'all') return { items: first }
  const end: Position = { claim: '', id: '' }
  if (first.length >= limit) return { items: first, next: end }
  const places = new Map<string, Position>()

  const nextRound = roundsOfCandidates()

  async function askSome(part: PageRequest): Promise<Page<User>> {
    const { limit: some } = nextRound(part.limit)
    const { items, next } = await readPlaced(reads, self.customerId, some, part.after ?? end)
    const others = items.filter(({ id }) => id !== self.id)
    const read = await reads.getMany(others.map(({ id }) => keys.user(self.customerId, id)))
    const found = read.map(asUser).filter((user) => user !== undefined && !user.deleted && isFound(user))
    for (const { id, claim } of others) places.set(id, { claim, id })
    return { items: found.filter((user) => user !== undefined), next }
  }
  const rest = await fillPage(
    { limit: limit - first.length, after },
    searchRounds,
    askSome,
    ({ id }) => places.get(id) ?? end,
  )
  return { items: [...first, ...rest.items], next: rest.next }
}

/** The users who were created with the addresses from there on. */
async function readPlaced(
  reads: Reads,
  customerId: string,
  limit: number,
  after: Position,
): Promise<Page<Placed>> {
  const { claim: last = '', id: lastId = '' } = after
  const { items, next } = await reads.queryPage({
    partition: keys.customer(customerId).pk,
    from: last || prefixes.emails,
    // The character after the number sign that ends the prefix.
    upTo: prefixes.emails.replace('#', '$'),
    limit,
  })
  const placed = items.flatMap(createdWith).filter(({ claim, id }) => claim > last || id > lastId)
  const shown = placed.slice(0, mostFound)
  const rest = placed.length > mostFound ? shown.at(-1) : next?.sk === undefined ? undefined : ending(next.sk)
  return { items: shown, next: rest && { claim: rest.claim, id: rest.id } }
}

/** After everybody at that address. */
const ending = (claim: string): Placed => ({ id: '~', claim })

function createdWith(item: Item): Placed[] {
  const holders = asClaim(item)?.holders ?? []
  const ids = holders.filter(({ moved, gone }) => !moved && !gone).map(({ id }) => id)
  return [...new Set(ids)].sort().map((id) => ({ id, claim: item.sk }))
}
