import { keyText } from '../../../../shared/table/keys.ts'
import { startWorld } from '../world.ts'

export type Service = Awaited<ReturnType<typeof startService>>

/** The API as it is, whose answers nobody has looked at yet, over a table of its own. */
export async function startService() {
  const world = await startWorld({ isUnchecked: true })
  return {
    world,
    app: world.app,
    tokenOf: world.tokenOf,
    /** What was logged as going wrong, and wasn't taken yet. */
    takeErrors: () =>
      world.lines
        .splice(0)
        .filter(({ level }) => level !== 'info')
        .map(({ message, fields }) => `${message} ${fields?.error ?? ''}`),
    /** The clock goes on by that, in milliseconds. */
    pass: (milliseconds: number) => world.setTime(world.now().getTime() + milliseconds),
    /** Everything that is in the table. */
    readAll: async () => new Map((await world.readAll()).map((item) => [keyText(item), item])),
  }
}
