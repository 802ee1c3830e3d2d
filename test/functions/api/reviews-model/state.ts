import type { Grant, Scope } from './grants.ts'

export type Policy = {
  days: number
  scope: Scope
  reviewers: readonly string[]
  unanswered: 'keep' | 'revoke' | 'recommendation'
  largestShare: number
}

export const defaultPolicy: Policy = {
  days: 14,
  scope: {},
  reviewers: ['admins'],
  unanswered: 'recommendation',
  largestShare: 20,
}

export type Wanted = {
  decision: 'keep' | 'reduce' | 'revoke'
  roles?: readonly string[]
  capabilities?: readonly string[]
  until?: string
  reason?: string
}

/** `isCertain`: the item agreed with the directory then, so the decision is about that grant. */
export type Decision = Wanted & { isCertain: boolean; grant: Grant | undefined }

/** The model's review: decisions come from requests, its state from the table. */
export type Review = {
  id: string
  customerId: string
  state: 'opening' | 'open' | 'applying' | 'closed' | 'cancelled'
  policy: Policy
  decisions: Map<string, Decision>
  /** A worker may have been killed before it could update an outdated item. */
  mayBeOutdated: boolean
  /** Its worker has missed events, and finds the changes only when it reconciles. */
  hasLostEvents: boolean
  /** Grants held when decisions ended, by item id, and those of them in scope. */
  ended?: { held: Map<string, Grant>; inScope: Set<string> }
  /** End of decisions, and start of a suspension. */
  endsAt?: number | undefined
  pausedAt?: number | undefined
  /** The most grants held at any time from the end of decisions until the cap was set. */
  mostHeld: number
  isCapped: boolean
  /** Grants that may be lost without a decision, and how many were. */
  limit: number
  taken: number
}
