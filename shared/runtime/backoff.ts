import { setTimeout } from 'node:timers/promises'

/**
 * Waits before a retry after a conflict: longer with each attempt, and at random so that the same parties don't meet
 * again.
 */
export const backoffWithJitter = async (attempt: number): Promise<void> =>
  setTimeout(Math.random() * Math.min(500, 5 * 2 ** attempt))

/** Milliseconds to wait after so many failed attempts: 5 s, doubling up to an hour. */
export function retryDelay(pauses: number): number {
  return Math.min(3_600_000, 5_000 * 2 ** Math.min(pauses, 20))
}
