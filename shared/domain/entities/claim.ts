import type { Stamp } from '../values/instant.ts'
import { type UnclaimedFacts, factsAfter } from './unclaimed-facts.ts'

/**
 * Who holds an e-mail address or a project name, and who held it when: an event means whoever held it at its
 * timestamp (`events.md`, Order).
 */
export type Claim = { holders: readonly OwnershipPeriod[]; said?: UnclaimedFacts | undefined }
export type OwnershipPeriod = {
  id: string
  from: Stamp
  until?: Stamp | undefined
  /** It came by a change of name: what is older was said of nobody, or of somebody else. */
  moved?: true | undefined
  /** It ended with the holder: all that is older counts no more. */
  gone?: true | undefined
}

const inTime = (claim: Claim | undefined) =>
  [...(claim?.holders ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1))

export function holderNow(claim: Claim | undefined): OwnershipPeriod | undefined {
  return claim?.holders.find(({ until }) => until === undefined)
}

/** The holding that the stamp lies in, or the next one. */
export function holdingAt(claim: Claim | undefined, at: Stamp): OwnershipPeriod | undefined {
  return inTime(claim).find(({ until }) => until === undefined || at <= until)
}

/**
 * Whom the name meant at that stamp: its holder then, or the next one that is made with it (what is merely older than a
 * creation applies to it).
 */
export function holderAt(claim: Claim | undefined, at: Stamp): OwnershipPeriod | undefined {
  const holding = holdingAt(claim, at)
  return holding?.moved && at < holding.from ? undefined : holding
}

/** True where the name meant the same one at both stamps. */
export const isSameAt = (claim: Claim | undefined, one: Stamp, other: Stamp): boolean =>
  holderAt(claim, one)?.id === holderAt(claim, other)?.id

/** The holder that was deleted last. */
export function lastGone(claim: Claim | undefined): OwnershipPeriod | undefined {
  return inTime(claim).findLast(({ gone }) => gone)
}

/** The newest stamp at which the name was given up; an older claim to it comes too late. */
export function lastReleased(claim: Claim | undefined): Stamp {
  return (claim?.holders ?? []).reduce((latest, { until }) => (until && until > latest ? until : latest), '')
}

/** Of those who have left a name and live on, so many are remembered. */
const holdersKept = 50

/** Held `from` that stamp on. */
export function claimedBy(claim: Claim | undefined, id: string, from: Stamp, moved?: true): Claim {
  const holding: OwnershipPeriod = moved ? { id, from, moved } : { id, from }
  return { ...claim, holders: [...(claim?.holders ?? []), holding].slice(-holdersKept) }
}

/** The same holder, from another stamp on. */
export function claimedFrom(claim: Claim, id: string, from: Stamp): Claim {
  return {
    ...claim,
    holders: claim.holders.map((held) => (held.id === id && !held.until ? { ...held, from } : held)),
  }
}

export function released(claim: Claim, id: string, until: Stamp): Claim {
  return {
    ...claim,
    holders: claim.holders.map((held) => (held.id === id && !held.until ? { ...held, until } : held)),
  }
}

/** The end of the holder itself. What it held from later on was nobody's. */
export function ended(claim: Claim, id: string, until: Stamp): Claim {
  const holders = claim.holders.flatMap((held): OwnershipPeriod[] => {
    if (held.id !== id || (held.until ?? '~') < until) return [held]
    return held.from > until ? [] : [{ ...held, until, gone: true }]
  })
  return { ...claim, holders: withoutGaps(holders), said: factsAfter(claim.said, until) }
}

/** Of holders that are gone, one after the other, nothing is left to tell apart. */
function withoutGaps(holders: readonly OwnershipPeriod[]): OwnershipPeriod[] {
  return inTime({ holders }).reduce<OwnershipPeriod[]>((kept, holding) => {
    const before = kept.at(-1)
    if (!before?.gone || !holding.gone) return [...kept, holding]
    const { moved: _, ...merged } = { ...holding, from: before.from }
    return [...kept.slice(0, -1), before.moved ? { ...merged, moved: true } : merged]
  }, [])
}
