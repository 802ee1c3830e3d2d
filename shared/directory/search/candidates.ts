import type { Facts } from '../../domain/access/decide.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { grantKeyOf } from '../../records/grants.ts'
import type { Position } from '../../table/query.ts'

/** Results of a page, at most: two keys for each of them fit into two requests. */
export const mostFound = 100
/** A page reads candidates this often, at most: it has ten requests, with those before it. */
export const searchRounds = 2

/** Fewer aren't worth a round: most of them may not be found. */
const fewest = 25

export type Part = { limit: number; after: string | undefined }

/** How many candidates a round looks at, and after which id. */
export function candidatesIn(limit: number, after: Position | undefined): Part {
  return { limit: Math.min(Math.max(limit, fewest), mostFound), after: after?.id }
}

export const grantsOf = (...stored: (StoredGrant | undefined)[]): Facts['grants'] =>
  new Map(stored.filter((grant) => grant !== undefined).map((grant) => [grantKeyOf(grant.resource), grant]))
