import type { Stamp } from '../values/instant.ts'
import { type UnclaimedFacts, factsAfter } from './unclaimed-facts.ts'

/**
 * The holders of an e-mail address or a project name over time: an event means the holder at its timestamp
 * (`shared/domain/README.md`).
 */
export type Claim = { holders: readonly OwnershipPeriod[]; unclaimed?: UnclaimedFacts | undefined }
export type OwnershipPeriod = {
  id: string
  from: Stamp
  until?: Stamp | undefined
  /** Acquired by a change of name: older events meant nobody, or somebody else. */
  moved?: true | undefined
  /** Ended with the deletion of the holder: older events have no effect any more. */
  gone?: true | undefined
}

const inTime = (claim: Claim | undefined) =>
  [...(claim?.holders ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1))

export function holderNow(claim: Claim | undefined): OwnershipPeriod | undefined {
  return claim?.holders.find(({ until }) => until === undefined)
}

/** The period that contains the stamp, or the next one. */
export function periodAt(claim: Claim | undefined, at: Stamp): OwnershipPeriod | undefined {
  return inTime(claim).find(({ until }) => until === undefined || at <= until)
}

/**
 * The holder that the name meant at that stamp: the one then, or the next one created with it (an event that is
 * merely older than a creation applies to it).
 */
export function holderAt(claim: Claim | undefined, at: Stamp): OwnershipPeriod | undefined {
  const holding = periodAt(claim, at)
  return holding?.moved && at < holding.from ? undefined : holding
}

/** True if the name meant the same holder at both stamps. */
export const isSameAt = (claim: Claim | undefined, one: Stamp, other: Stamp): boolean =>
  holderAt(claim, one)?.id === holderAt(claim, other)?.id

/** The period of the holder that was deleted last. */
export function lastGone(claim: Claim | undefined): OwnershipPeriod | undefined {
  return inTime(claim).findLast(({ gone }) => gone)
}

/** The newest stamp at which the name was released; an older claim to it comes too late. */
export function lastReleased(claim: Claim | undefined): Stamp {
  return (claim?.holders ?? []).reduce((latest, { until }) => (until && until > latest ? until : latest), '')
}

/** Former holders to remember, at most. */
const holdersKept = 50

/** Adds a holder from that stamp on. */
export function claimedBy(claim: Claim | undefined, id: string, from: Stamp, moved?: true): Claim {
  const holding: OwnershipPeriod = moved ? { id, from, moved } : { id, from }
  return { ...claim, holders: [...(claim?.holders ?? []), holding].slice(-holdersKept) }
}

/** Moves the start of the holder's period. */
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

/** Ends the periods of a deleted holder, and drops those that began later. */
export function ended(claim: Claim, id: string, until: Stamp): Claim {
  const holders = claim.holders.flatMap((held): OwnershipPeriod[] => {
    if (held.id !== id || (held.until ?? '~') < until) return [held]
    return held.from > until ? [] : [{ ...held, until, gone: true }]
  })
  return { ...claim, holders: withoutGaps(holders), unclaimed: factsAfter(claim.unclaimed, until) }
}

/** Merges successive periods of deleted holders: nothing depends on which of them it was. */
function withoutGaps(holders: readonly OwnershipPeriod[]): OwnershipPeriod[] {
  return inTime({ holders }).reduce<OwnershipPeriod[]>((kept, holding) => {
    const before = kept.at(-1)
    if (!before?.gone || !holding.gone) return [...kept, holding]
    const { moved: _, ...merged } = { ...holding, from: before.from }
    return [...kept.slice(0, -1), before.moved ? { ...merged, moved: true } : merged]
  }, [])
}
