import type { Facts } from '../../domain/access/decide.ts'
import type { StoredGrant } from '../../domain/entities/grant.ts'
import { grantKeyOf } from '../../records/grants.ts'
import type { Position } from '../../table/query.ts'

/** Results of a page, at most: two keys for each of them fit into two requests. */
export const mostFound = 100
/** A page reads candidates this often, at most: it has ten requests, with those before it. */
export const searchRounds = 2

/** After a first round that didn't fill the page fewer aren't worth one: most may not be found. */
const fewestLater = 25

export type Part = { limit: number; after: string | undefined }

/** How many candidates each round of a page looks at, and after which id. */
export function roundsOfCandidates() {
  let isFirst = true
  return (limit: number, after?: Position): Part => {
    const enough = isFirst ? limit : Math.max(limit, fewestLater)
    isFirst = false
    return { limit: Math.min(enough, mostFound), after: after?.id }
  }
}

export const grantsOf = (...stored: (StoredGrant | undefined)[]): Facts['grants'] =>
  new Map(stored.filter((grant) => grant !== undefined).map((grant) => [grantKeyOf(grant.resource), grant]))
