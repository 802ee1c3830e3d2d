import { setTimeout } from 'node:timers/promises'
import type { Table } from '../../../../shared/table/table.ts'
import { Killed } from '../../../support/mortal-table.ts'

type Held = { isNew: boolean; write: () => Promise<unknown>; refuse: (error: Error) => void }

/** A worker's table, which holds each of its writes until it is let through. Reads go through at once. */
export class HeldTable {
  readonly table: Table
  readonly #held: Held[] = []
  #underWay = 0
  #isDead = false

  constructor(table: Table) {
    this.table = {
      ...table,
      get: (key) => this.#count(() => table.get(key)),
      getMany: (keys) => this.#count(() => table.getMany(keys)),
      queryPage: (query) => this.#count(() => table.queryPage(query)),
      queryAll: (query) => this.#each(table.queryAll(query)),
      transact: (writes) => this.#hold(false, () => table.transact(writes)),
      putNew: (item) => this.#hold(true, () => table.putNew(item)),
    }
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** Lets one write through, or all that wait to make something new, one after the other. */
  async release(): Promise<void> {
    const [first] = this.#held
    const isNew = first?.isNew ?? false
    const released = isNew ? this.#held.filter((held) => held.isNew) : this.#held.slice(0, 1)
    for (const held of released) {
      this.#held.splice(this.#held.indexOf(held), 1)
      await held.write()
    }
  }

  /** Nothing that the worker does from now on has any effect; the write it is at may still have. */
  async kill(lastHasEffect: boolean): Promise<void> {
    this.#isDead = true
    if (lastHasEffect) await this.release()
    for (const { refuse } of this.#held.splice(0)) refuse(new Killed('killed'))
  }

  /** Resolves once the worker waits with a write, or is done. */
  async standStill(isDone: () => boolean): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise(setImmediate)
      if (this.#underWay > 0) quiet = 0
    }
    if (this.#held.length > 0 || isDone()) return
    // It pauses before it tries again.
    await setTimeout(1)
    await this.standStill(isDone)
  }

  async #count<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed('killed')
    this.#underWay++
    try {
      return await work()
    } finally {
      this.#underWay--
    }
  }

  async *#each<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
    for (;;) {
      const next = await this.#count(() => items.next())
      if (next.done) return
      yield next.value
    }
  }

  async #hold<T>(isNew: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed('killed')
    return new Promise<T>((resolve, refuse) => {
      const write = async () => {
        this.#underWay++
        await work().then(resolve, refuse)
        this.#underWay--
      }
      this.#held.push({ isNew, write, refuse })
    })
  }
}
