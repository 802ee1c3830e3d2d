import { retryDelay } from '../../../shared/runtime/backoff.ts'

/** Milliseconds: while Keystone is unreachable, no project waits longer for its retry. */
const longestUnreachable = 30_000

/** Milliseconds until the next attempt, after this many failures. */
export const retryPause = (failures: number) => retryDelay(failures)
export const retryPauseWhileUnreachable = (failures: number) =>
  Math.min(longestUnreachable, retryDelay(failures))
