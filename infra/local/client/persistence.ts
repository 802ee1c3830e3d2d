import { setTimeout as pause } from 'node:timers/promises'
import { ServiceDown } from './local-service.ts'

export type Persist = <T>(operation: () => Promise<T>) => Promise<T>

/**
 * Retries operations while the service is down, with growing pauses; throws the last error once none of them has succeeded
 * for `milliseconds`. The operations must be idempotent. Calls `onDown` at each failure.
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
