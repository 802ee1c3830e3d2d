/** A clock that advances a millisecond with each read, and by each move. */
export function movingClock(at: string) {
  let now = new Date(at).getTime()
  return {
    now: () => new Date(now++),
    moveDays: (days: number) => {
      now += days * 86_400_000
    },
  }
}
