import type { Provisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { type DirectoryView, viewDirectory } from './directory-view.ts'
import { customerId } from './scene.ts'

/** All orders of a few. */
export function permutations<T>(list: readonly T[]): T[][] {
  if (list.length <= 1) return [[...list]]
  return list.flatMap((head, place) =>
    permutations([...list.slice(0, place), ...list.slice(place + 1)]).map((rest) => [head, ...rest]),
  )
}

/** Orders of many that differ much: as given, reversed, and each one last. */
export function orders<T>(list: readonly T[]): T[][] {
  if (list.length <= 3) return permutations(list)
  return [list.toReversed(), ...list.map((last) => [...list.filter((item) => item !== last), last])]
}

/** Replays the events of the scene, each time for a customer of its own in one service. */
export function createStoryRunner(service: Provisioned) {
  let customers = 0

  function nextCustomer() {
    const id = `TLD${String(++customers).padStart(6, '0')}`
    return {
      eventFor: (event: TimedEvent): TimedEvent => ({
        ...event,
        id: `${id}_${event.id}`,
        data: rewritten(event.data, customerId, id),
      }),
      view: async (): Promise<DirectoryView> =>
        rewritten(await viewDirectory(service.table, id), id, customerId),
      statusOf: (eventId: string) => service.statusOf(`${id}_${eventId}`),
    }
  }

  return {
    nextCustomer,
    /**
     * Returns the final directory for each order of arrival, with every event settled before the next one arrives,
     * and the directory at each moment that is watched.
     */
    async finalViews(
      first: readonly TimedEvent[],
      arrivals: readonly TimedEvent[][],
      isWatched: (arrived: readonly TimedEvent[]) => boolean = () => false,
    ) {
      const stories = arrivals.map((arrival) => ({
        ...nextCustomer(),
        arrival,
        moments: [] as DirectoryView[],
      }))
      await service.deliverAll(stories.flatMap(({ eventFor }) => first.map(eventFor)))
      for (const [place] of arrivals[0]?.entries() ?? []) {
        await service.deliverAll(
          stories.flatMap(({ arrival, eventFor }) => arrival.slice(place, place + 1).map(eventFor)),
        )
        for (const { arrival, moments, view } of stories)
          if (isWatched(arrival.slice(0, place + 1))) moments.push(await view())
      }
      return Promise.all(
        stories.map(async ({ arrival, moments, view }) => ({
          arrival: arrival.map(({ id }) => id).join(' '),
          moments,
          end: await view(),
        })),
      )
    },
  }
}

const rewritten = <T>(value: T, from: string, to: string): T =>
  JSON.parse(JSON.stringify(value).replaceAll(from, to))
