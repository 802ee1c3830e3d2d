import { Random } from './random.ts'

type Lane = { waiting: (() => void)[] }

/**
 * A controlled schedule. Several lanes work at once, but of their database requests one goes at a time, and only when
 * every lane that isn't done waits with one: the seed alone decides whose it is.
 */
export class Schedule {
  readonly #random: Random
  /** How likely the same lane goes on: some races need a lane to stand still while others do all of theirs. */
  readonly #steadiness: number
  readonly #lanes = new Map<string, Lane>()
  #last: Lane | undefined
  #isTaken = false

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#steadiness = this.#random.pick([0, 0.5, 0.85])
  }

  /** Does all the work at once, each in a lane of its own; resolves when all of it is done. */
  async run(work: Record<string, () => Promise<void>>): Promise<void> {
    const names = Object.keys(work)
    for (const name of names) this.#lanes.set(name, { waiting: [] })
    const lanes = Object.entries(work).map(async ([name, doIt]) => {
      try {
        await doIt()
      } finally {
        this.#lanes.delete(name)
        this.#next()
      }
    })
    const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  /** Does the request when it's the lane's turn; what comes after its end is no part of the turn. */
  async turn<T>(name: string, request: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name)
    if (!lane) return request()
    await new Promise<void>((resolve) => {
      lane.waiting.push(resolve)
      this.#next()
    })
    try {
      return await request()
    } finally {
      this.#isTaken = false
      this.#next()
    }
  }

  #next(): void {
    const lanes = [...this.#lanes.values()]
    if (this.#isTaken || lanes.length === 0 || lanes.some(({ waiting }) => waiting.length === 0)) return
    const stays = this.#random.chance(this.#steadiness) && this.#last && lanes.includes(this.#last)
    const lane = stays && this.#last ? this.#last : this.#random.pick(lanes)
    this.#last = lane
    this.#isTaken = true
    lane.waiting.shift()?.()
  }
}
