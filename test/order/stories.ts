import type { Story } from './judge.ts'
import { arrivalWithPeople, withPeople } from './people.ts'
import { randomArrival, randomHistory, timeOf } from './random-history.ts'

const orders = 4

/** Every fifth history has changes by people. */
const isWithPeople = (seed: number) => seed % 5 === 0

/** The start of the service's time, for histories with changes by people. */
export const startOf = ({ seed }: Story) => (isWithPeople(seed) ? timeOf(0) : undefined)

/** A random history in its orders of arrival. */
export function storiesOf(seed: number): Story[] {
  if (isWithPeople(seed)) return storiesWithPeople(seed)
  const history = randomHistory(seed)
  return Array.from({ length: orders }, (_, order) => ({
    seed,
    history,
    arrival: randomArrival(history, seed * orders + order),
  }))
}

function storiesWithPeople(seed: number): Story[] {
  const history = withPeople(randomHistory(seed), seed)
  return Array.from({ length: orders }, (_, order) => ({
    seed,
    history,
    arrival: arrivalWithPeople(history, seed * orders + order),
  }))
}
