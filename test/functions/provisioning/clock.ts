/** A clock that only moves when told to. */
export function stoppedClock(start: string) {
  let at = new Date(start)
  return {
    now: () => at,
    move: (milliseconds: number) => {
      at = new Date(at.getTime() + milliseconds)
    },
    set: (text: string) => {
      at = new Date(text)
    },
  }
}

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
