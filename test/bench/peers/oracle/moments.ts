/** Of an admin who joins all projects, however old. */
export const earliest = -1
/** Stamps of one tick differ by their ids alone. */
const stampsPerTick = 4

export const tickOf = (stamp: number): number => Math.floor(stamp / stampsPerTick)

/** A tick is a nanosecond, and a second after each thousandth. */
export function instantAt(tick: number): string {
  const seconds = Math.floor(tick / 1_000)
  const date = new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString().slice(0, 19)
  return `${date}.${String(tick % 1_000).padStart(9, '0')}Z`
}

export const stampAt = (stamp: number): string =>
  `${instantAt(tickOf(stamp))}#evt_${String(stamp).padStart(6, '0')}#orders`
