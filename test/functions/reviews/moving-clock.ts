/** A clock that goes a millisecond with each look at it, and as far as it is moved. */
export function movingClock(at: string) {
  let now = new Date(at).getTime()
  return {
    now: () => new Date(now++),
    moveDays: (days: number) => {
      now += days * 86_400_000
    },
  }
}
