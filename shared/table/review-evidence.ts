import type { Evidence } from '../domain/recommend.ts'
import { levels } from '../domain/role.ts'
import type { Day } from '../domain/use.ts'

/** Whether there's a login; then the days by their place, empty where there's none: those of the last use come last. */
export type StoredEvidence = readonly [boolean, Day, Day, Day, ...Day[]]

/** By place instead of by name: names are as long as what they name, and an item is to be one write unit. */
export function storedEvidence(evidence: Evidence): StoredEvidence {
  const { asOf, knownSince, heldFrom, lastUse, elsewhere = '', loginLinked } = evidence
  const uses = levels.map((level) => lastUse?.[level] ?? '')
  return [loginLinked, asOf, knownSince, heldFrom, elsewhere, ...uses]
}

export function asEvidence(stored: StoredEvidence): Evidence {
  const [loginLinked, asOf, knownSince, heldFrom, elsewhere = '', ...uses] = stored
  const used = levels
    .map((level, place) => [level, uses[place] ?? ''] as const)
    .filter(([, day]) => day !== '')
  return {
    asOf,
    knownSince,
    heldFrom,
    lastUse: used.length > 0 ? Object.fromEntries(used) : undefined,
    elsewhere: elsewhere === '' ? undefined : elsewhere,
    loginLinked,
  }
}
