import type { Log } from '../../shared/runtime/log.ts'

type Sweeper = {
  /** Resolves when the current sweep, if any, has ended; none follows. */
  stop: () => Promise<void>
}

/** Sweeps repeatedly, `pause` milliseconds after the last sweep ended, so that two never overlap. */
export function startSweeper(
  sweep: () => Promise<unknown>,
  { log, pause = 1000 }: { log: Log; pause?: number },
): Sweeper {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let sweeping = Promise.resolve()
  const run = async () => {
    try {
      await sweep()
    } catch (error) {
      log('error', 'sweep failed', { error: error instanceof Error ? error.name : 'unknown' })
    }
    if (!stopped) schedule()
  }
  const schedule = () => {
    timer = setTimeout(() => {
      sweeping = run()
    }, pause)
  }
  schedule()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
      return sweeping
    },
  }
}
