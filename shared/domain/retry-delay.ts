/** Pause after so many, in milliseconds: 5 s doubling up to an hour. */
export function retryDelay(pauses: number): number {
  return Math.min(3_600_000, 5_000 * 2 ** Math.min(pauses, 20))
}
