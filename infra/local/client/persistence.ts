import { setTimeout as pause } from 'node:timers/promises'
import { ServiceDown } from './local-service.ts'

export type Persist = <T>(operation: () => Promise<T>) => Promise<T>

/**
 * Repeats operations while the service is down, with growing pauses; gives up once none of them has succeeded for
 * `milliseconds`, with the last failure. What is repeated must be safe to repeat. `onDown` is told each failure.
 */
export function persistence(milliseconds: number, onDown: (error: ServiceDown) => void): Persist {
  let lastSuccess = performance.now()
  return async (operation) => {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await operation()
        lastSuccess = performance.now()
        return result
      } catch (error) {
        const isOver = performance.now() - lastSuccess > milliseconds
        if (!(error instanceof ServiceDown) || isOver) throw error
        onDown(error)
        await pause(Math.min(1000, 50 * 2 ** attempt))
      }
    }
  }
}
