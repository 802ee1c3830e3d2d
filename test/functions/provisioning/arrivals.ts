import { castCustomer, differenceOf, judge, render } from '../../order/judge.ts'
import { isLong } from '../../support/long.ts'
import type { Provisioned } from '../../support/provisioned.ts'
import { Random } from '../../support/random.ts'
import { inOrder, type TimedEvent } from '../../support/timeline.ts'
import { type DirectoryView, viewDirectory } from './directory-view.ts'

/** All orders of a few. */
function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]]
  return list.flatMap((head, place) =>
    permutations([...list.slice(0, place), ...list.slice(place + 1)]).map((rest) => [head, ...rest]),
  )
}

const withLast = (list: readonly TimedEvent[], last: TimedEvent) => [
  ...list.filter((it) => it !== last),
  last,
]

/**
 * Orders that differ much: with a deletion last, or shuffled, and reversed; in a long run all of a few, or of many each
 * one last.
 */
export function orders(list: readonly TimedEvent[]): TimedEvent[][] {
  const deletion = list.findLast(({ type }) => type.endsWith('.deleted'))
  const late = deletion ? withLast(list, deletion) : new Random(list.length).shuffled(list)
  const differing = [late, list.toReversed()]
  if (!isLong) return differing
  return [...differing, ...(list.length <= 3 ? permutations(list) : list.map((last) => withLast(list, last)))]
}

/** A customer of its own in a service, for events of the scene. */
export function nextCustomer(service: Provisioned) {
  const cast = castCustomer()
  const { id, eventFor, asTold } = cast
  return {
    ...cast,
    deliver: (...events: TimedEvent[]) => service.deliverEach(events.map(eventFor)),
    view: async (): Promise<DirectoryView> => asTold(await viewDirectory(service.table, id)),
    statusOf: (event: TimedEvent) => service.statusOf(eventFor(event).id),
    reasonOf: (event: TimedEvent) => service.reasonOf(eventFor(event).id),
  }
}

/**
 * Tells the events in the order of their timestamps, and then in these others, in the services by turns. Returns what
 * is different from the oracle, in the others at any moment, and the outcome.
 */
export async function tell(
  services: readonly [Provisioned, ...Provisioned[]],
  first: readonly TimedEvent[],
  events: readonly TimedEvent[],
  arrivals = orders(events),
) {
  const [service] = services
  const history = [...first, ...events]
  const customer = nextCustomer(service)
  await customer.deliver(...inOrder(history))
  const straight = { seed: 0, history, arrival: inOrder(history) }
  const found = [await differenceOf(service.table, customer, straight, history.length)]
  for (const [turn, its] of services.entries()) {
    const stories = arrivals.filter((_, place) => place % services.length === turn)
    const told = stories.map((arrival, seed) => ({ seed, history, arrival: [...first, ...arrival] }))
    if (told.length > 0) found.push(...(await judge(its, told, () => true)))
  }
  return {
    differences: found.filter((each) => each !== undefined).map(render),
    states: await Promise.all(events.map(customer.statusOf)),
    view: await customer.view(),
    failures: services.flatMap((each) => each.failures),
  }
}
