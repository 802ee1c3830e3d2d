import type { Stamp } from './instant.ts'

/**
 * Who holds an e-mail address or a project name, and who held it when: an event means whoever held it at its
 * timestamp (`events.md`, Order).
 */
export type Claim = { holders: readonly Holding[] }
export type Holding = { id: string; from: Stamp; until?: Stamp | undefined }

export function holderNow(claim: Claim | undefined): Holding | undefined {
  return claim?.holders.find(({ until }) => until === undefined)
}

/**
 * Whom the name meant at that stamp: its holder then; before any holder, the next one (what is merely older than a
 * creation applies to it); held by nobody now, its last one.
 */
export function holderAt(claim: Claim | undefined, at: Stamp): Holding | undefined {
  const holders = [...(claim?.holders ?? [])].sort((a, b) => (a.from < b.from ? -1 : 1))
  return holders.find(({ until }) => until === undefined || at <= until) ?? holders.at(-1)
}

/** The newest stamp at which the name was given up; an older claim to it comes too late. */
export function lastReleased(claim: Claim | undefined): Stamp {
  return (claim?.holders ?? []).reduce((latest, { until }) => (until && until > latest ? until : latest), '')
}

/** Held `from` that stamp on. The five latest holders are kept. */
export function claimedBy(claim: Claim | undefined, id: string, from: Stamp): Claim {
  return { holders: [...(claim?.holders ?? []), { id, from }].slice(-5) }
}

export function released(claim: Claim, id: string, until: Stamp): Claim {
  return { holders: claim.holders.map((held) => (held.id === id && !held.until ? { ...held, until } : held)) }
}
