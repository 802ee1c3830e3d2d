import { setImmediate } from 'node:timers/promises'
import { errorTrace } from '../../shared/runtime/error-trace.ts'
import type { Log } from '../../shared/runtime/log.ts'

/**
 * Stands in for the subscription of a log group on one machine: hands over written lines asynchronously, those of one turn of
 * the event loop as one batch.
 */
export function subscribe(handle: (lines: readonly string[]) => Promise<void>, log: Log) {
  let waiting: string[] = []
  let handling: Promise<void> | undefined

  async function handOver(): Promise<void> {
    await setImmediate()
    while (waiting.length > 0) {
      const lines = waiting
      waiting = []
      try {
        await handle(lines)
      } catch (error) {
        log('error', 'log lines could not be handled', { count: lines.length, error: errorTrace(error) })
      }
    }
    handling = undefined
  }

  return {
    write: (line: string): void => {
      waiting.push(line)
      handling ??= handOver()
    },
    /** Resolves once everything written so far has been handled. */
    drain: async (): Promise<void> => handling,
  }
}
