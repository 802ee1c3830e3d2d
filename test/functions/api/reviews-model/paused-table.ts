import { setTimeout } from 'node:timers/promises'
import type { Table } from '../../../../shared/table/table.ts'
import { Killed } from '../../../support/mortal-table.ts'

type PausedWrite = { isNew: boolean; write: () => Promise<unknown>; reject: (error: Error) => void }

/** A worker's table that pauses each write until it is released. Reads aren't paused. */
export class PausedTable {
  readonly table: Table
  readonly #paused: PausedWrite[] = []
  #pending = 0
  #isDead = false

  constructor(table: Table) {
    this.table = {
      ...table,
      get: (key) => this.#count(() => table.get(key)),
      getMany: (keys) => this.#count(() => table.getMany(keys)),
      queryPage: (query) => this.#count(() => table.queryPage(query)),
      queryAll: (query) => this.#each(table.queryAll(query)),
      transact: (writes) => this.#pause(false, () => table.transact(writes)),
      putNew: (item) => this.#pause(true, () => table.putNew(item)),
    }
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Releases the first write, or, if it is a new item, all new items one after the other. */
  async release(): Promise<void> {
    const [first] = this.#paused
    const isNew = first?.isNew ?? false
    const released = isNew ? this.#paused.filter((write) => write.isNew) : this.#paused.slice(0, 1)
    for (const paused of released) {
      this.#paused.splice(this.#paused.indexOf(paused), 1)
      await paused.write()
    }
  }

  /** Kills the worker: no later write has any effect; the current one has if `lastHasEffect`. */
  async kill(lastHasEffect: boolean): Promise<void> {
    this.#isDead = true
    if (lastHasEffect) await this.release()
    for (const { reject } of this.#paused.splice(0)) reject(new Killed('killed'))
  }

  /** Resolves once the worker waits for a write, or is done. */
  async waitUntilIdle(isDone: () => boolean): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise(setImmediate)
      if (this.#pending > 0) quiet = 0
    }
    if (this.#paused.length > 0 || isDone()) return
    // It backs off before a retry.
    await setTimeout(1)
    await this.waitUntilIdle(isDone)
  }

  async #count<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed('killed')
    this.#pending++
    try {
      return await work()
    } finally {
      this.#pending--
    }
  }

  async *#each<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
    for (;;) {
      const next = await this.#count(() => items.next())
      if (next.done) return
      yield next.value
    }
  }

  async #pause<T>(isNew: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed('killed')
    return new Promise<T>((resolve, reject) => {
      const write = async () => {
        this.#pending++
        await work().then(resolve, reject)
        this.#pending--
      }
      this.#paused.push({ isNew, write, reject })
    })
  }
}
