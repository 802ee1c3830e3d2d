import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { DomainError } from '../domain/values/errors.ts'
import { backoffWithJitter } from '../runtime/backoff.ts'

/** What a write comes to that still meets others after all attempts. */
export function busy(cause: unknown): DomainError {
  const error = new DomainError('unavailable', 'too many changes to the same things at once; try again')
  error.cause = cause
  return error
}

/** Attempts at what meets others; with their pauses a few seconds. */
export const conflictAttempts = 12

/**
 * Sends a write of one item; false if its condition failed. A conflict with a transaction under way, which the SDK doesn't
 * try again, is tried again with jitter. Throws `unavailable` if that is not the end of it.
 */
export async function isWritten(send: () => Promise<unknown>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await send()
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      if (!(error instanceof TransactionConflictException)) throw error
      if (attempt === conflictAttempts) throw busy(error)
      await backoffWithJitter(attempt)
    }
  }
}
