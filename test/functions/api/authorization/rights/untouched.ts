import { hash } from 'node:crypto'
import { canonical } from '../../model/lines.ts'
import { startWorld } from '../../world.ts'

/** A world, and a way to tell whether anything in its table has changed. */
export async function startWatchedWorld() {
  const world = await startWorld()
  return {
    world,
    digest: async () => {
      const lines = (await world.readAll()).map(canonical)
      return `${lines.length} items, ${hash('sha256', lines.sort().join('\n'))}`
    },
  }
}
