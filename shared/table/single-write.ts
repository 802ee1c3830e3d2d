import { ConditionalCheckFailedException, TransactionConflictException } from '@aws-sdk/client-dynamodb'
import { backoffWithJitter } from './pause-after.ts'
import { busy } from './busy.ts'

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
