import {
  type ConsistencyTokens,
  hasSeen,
  isReplicated,
  type SealedState,
} from '../../../shared/auth/consistency-token.ts'
import type { SeenVersions } from '../../../shared/directory/facts/decision-facts.ts'
import { fieldsError } from '../../../shared/domain/values/errors.ts'
import { errorTrace } from '../../../shared/runtime/error-trace.ts'
import type { Reads } from '../../../shared/table/table.ts'
import type { AnswerDeps } from './deps.ts'

/** How new the facts of a decision have to be. */
export type Freshness =
  | { consistent: true }
  /** `atLeast`: the state that nothing may be older than; absent: any recent one. */
  | { consistent: false; atLeast?: SealedState }

const strong: Freshness = { consistent: true }

/** The part of a request that says how fresh the answer has to be. */
export type FreshnessRequest = { query: string; token: string | undefined }

/**
 * The freshness that a request asks for. Eventually consistent reads are a choice, and with a token they have to be as new
 * as its change. One that isn't of this customer, or whose change may not have reached every replica, needs strong reads.
 * Throws `invalid-request`.
 */
export async function freshnessOf(
  deps: AnswerDeps,
  customerId: string,
  { query, token }: FreshnessRequest,
): Promise<Freshness> {
  const [chosen = 'strong', ...more] = new URLSearchParams(query).getAll('consistency')
  if (more.length > 0 || (chosen !== 'strong' && chosen !== 'eventual')) {
    throw fieldsError('invalid-request', [{ pointer: 'consistency', detail: 'must be strong or eventual' }])
  }
  if (chosen === 'strong') return strong
  if (token === undefined) return { consistent: false }
  const atLeast = (await tokensOf(deps))?.open(customerId, token)
  return atLeast && isReplicated(atLeast, deps.now()) ? { consistent: false, atLeast } : strong
}

/** Without their secret no token can be used, which means strong reads. */
async function tokensOf({ consistency, log }: AnswerDeps): Promise<ConsistencyTokens | undefined> {
  try {
    return await consistency()
  } catch (error) {
    log('error', 'the secret of consistency tokens could not be read', { error: errorTrace(error) })
    return undefined
  }
}

/**
 * Does the work with reads of that freshness. If eventually consistent ones turn out to be older than the token, the work
 * is done again with strong reads, whatever came of it.
 */
export async function withFreshReads<T>(
  reads: Reads & { eventual: Reads },
  freshness: Freshness,
  work: (reads: Reads, seen: SeenVersions) => Promise<T>,
): Promise<T> {
  const seen: SeenVersions = new Map()
  if (freshness.consistent) return work(reads, seen)
  const [result] = await Promise.allSettled([work(reads.eventual, seen)])
  if (freshness.atLeast && !hasSeen(seen, freshness.atLeast)) return work(reads, new Map())
  if (result.status === 'rejected') throw result.reason
  return result.value
}
