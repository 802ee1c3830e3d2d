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

/** `isCertain`: the item said what the directory said then, so the decision is about that grant. */
export type Decision = Wanted & { isCertain: boolean; grant: Grant | undefined }

/** A review as the model knows it: what people did comes from them, how far it is from the table. */
export type Review = {
  id: string
  customerId: string
  state: 'opening' | 'open' | 'applying' | 'closed' | 'cancelled'
  policy: Policy
  decisions: Map<string, Decision>
  /** One that opened it may have been killed with an item in its hands that wasn't true any more. */
  mayBeUntrue: boolean
  /** Its worker wasn't told of something: what it hasn't seen it sees at the end. */
  hasMissed: boolean
  /** What was held when decisions ended, by the ids of items; what is in the scope of it. */
  ended?: { held: Map<string, Grant>; inScope: Set<string> }
  /** When decisions end, and since when the clock stands still. */
  endsAt?: number | undefined
  pausedAt?: number | undefined
  /** The most that was held at a time from the end of decisions until the brake was set. */
  mostHeld: number
  isBraked: boolean
  /** Grants that may be taken without a decision, and how many were. */
  limit: number
  taken: number
}
