import type { Story } from './judge.ts'
import { randomArrival, randomHistory } from './random-history.ts'

const orders = 4

/** A random history in its orders of arrival. */
export function storiesOf(seed: number): Story[] {
  const history = randomHistory(seed)
  return Array.from({ length: orders }, (_, order) => ({
    seed,
    history,
    arrival: randomArrival(history, seed * orders + order),
  }))
}
