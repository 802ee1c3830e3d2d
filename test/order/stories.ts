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
  const random = randomHistory(seed)
  const history = isWithPeople(seed) ? withPeople(random, seed) : random
  const arrive = isWithPeople(seed) ? arrivalWithPeople : randomArrival
  return Array.from({ length: orders }, (_, order) => {
    return { seed, history, arrival: arrive(history, seed * orders + order) }
  })
}
