import { setTimeout } from 'node:timers/promises'

/** Waits before something is tried again that others were at too: by chance, or they would meet again, and longer each time. */
export const backoffWithJitter = async (attempt: number): Promise<void> =>
  setTimeout(Math.random() * Math.min(500, 5 * 2 ** attempt))

/** Pause after so many, in milliseconds: 5 s doubling up to an hour. */
export function retryDelay(pauses: number): number {
  return Math.min(3_600_000, 5_000 * 2 ** Math.min(pauses, 20))
}
