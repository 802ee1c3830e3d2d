import { setTimeout as pause } from 'node:timers/promises'
import * as v from 'valibot'
import type { Send } from '../client/keep-alive-client.ts'
import type { Persist } from '../client/persistence.ts'
import { CliError } from '../cli-error.ts'
import { reasonOf, source } from './post-deliveries.ts'

const statuses = ['received', 'waiting', 'failed', 'superseded', 'applied'] as const
export type Status = (typeof statuses)[number]
const open = ['received', 'waiting'] as const satisfies Status[]

const Delivery = v.object({
  id: v.string(),
  type: v.string(),
  status: v.picklist(statuses),
  reason: v.optional(v.string()),
})
const Page = v.object({ items: v.array(Delivery), nextCursor: v.optional(v.string()) })
export type Followed = v.InferOutput<typeof Delivery>

type FollowOptions = {
  send: Send
  persist: Persist
  operatorToken: () => Promise<string>
  /** Milliseconds without a change after which it stops waiting. */
  standstill: number
  onOpen: (count: { received: number; waiting: number }) => void
}

/**
 * Waits until the deliveries are settled or nothing changes any more, and returns the state of each. The service doesn't know
 * a delivery that is missing in the result.
 * @throws {CliError}
 */
export async function followDeliveries(
  ids: ReadonlySet<string>,
  options: FollowOptions,
): Promise<Followed[]> {
  await untilStill(ids, options)
  const found = await list(ids, statuses, options)
  const listed = new Set(found.map(({ id }) => id))
  for (const id of ids) if (!listed.has(id)) found.push(...(await find(id, options)))
  return found
}

async function untilStill(ids: ReadonlySet<string>, options: FollowOptions): Promise<void> {
  let before = ''
  let lastMove = performance.now()
  for (;;) {
    const start = performance.now()
    const found = await list(ids, open, options)
    const count = (status: Status) => found.filter((delivery) => delivery.status === status).length
    options.onOpen({ received: count('received'), waiting: count('waiting') })
    if (found.length === 0) return
    const picture = found.map(({ id, status }) => `${id} ${status}`).join()
    if (picture !== before) lastMove = performance.now()
    if (performance.now() - lastMove >= options.standstill) return
    before = picture
    // Polling takes a fifth of the time at most: it must not slow the service down.
    await pause(Math.max(500, 4 * (performance.now() - start)))
  }
}

async function list(
  ids: ReadonlySet<string>,
  wanted: readonly Status[],
  options: FollowOptions,
): Promise<Followed[]> {
  // A delivery that changes during the reads is in a later list too, which then counts.
  const found = new Map<string, Followed>()
  for (const status of wanted) {
    let cursor: string | undefined = ''
    while (cursor !== undefined && found.size < ids.size) {
      const query = new URLSearchParams({ source, status, limit: '200', ...(cursor && { cursor }) })
      const { items, nextCursor } = v.parse(Page, await get(`/v1/deliveries?${query.toString()}`, options))
      for (const delivery of items) if (ids.has(delivery.id)) found.set(delivery.id, delivery)
      cursor = nextCursor
    }
  }
  return [...found.values()]
}

async function find(id: string, options: FollowOptions): Promise<Followed[]> {
  const found = v.safeParse(Delivery, await get(`/v1/deliveries/${source}/${id}`, options))
  return found.success ? [found.output] : []
}

async function get(path: string, { send, persist, operatorToken }: FollowOptions): Promise<unknown> {
  const answer = await persist(async () =>
    send('GET', path, { authorization: `Bearer ${await operatorToken()}` }),
  )
  if (answer.status !== 200 && answer.status !== 404)
    throw new CliError(`the service doesn't tell what became of the deliveries: ${reasonOf(answer)}`)
  return answer.body
}
