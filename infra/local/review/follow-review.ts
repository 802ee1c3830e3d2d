import { setTimeout as pause } from 'node:timers/promises'
import { PlainError } from '../plain-error.ts'
import { isOver, type Review } from './review.ts'

type Look = () => Promise<Review>

const betweenLooks = 250

/** Looks until all items are there. @throws {PlainError} when they aren't after `patience` milliseconds */
export async function untilOpened(look: Look, { patience = 60_000 } = {}): Promise<Review> {
  const deadline = performance.now() + patience
  for (;;) {
    const review = await look()
    if (review.state !== 'opening') return review
    if (performance.now() >= deadline)
      throw new PlainError(`review ${review.id} is still opening after ${patience / 1000} s`)
    await pause(betweenLooks)
  }
}

/**
 * Looks until it is over, nothing of it has moved for `stillness` milliseconds (while it is applied, which doesn't show,
 * `applying`), or `patience` is at its end.
 */
export async function untilStill(
  look: Look,
  { stillness = 3000, applying = 30_000, patience = 120_000 } = {},
): Promise<Review> {
  const start = performance.now()
  let lastMove = start
  let before = ''
  for (;;) {
    const review = await look()
    const now = performance.now()
    const picture = JSON.stringify(review)
    if (picture !== before) lastMove = now
    const enough = review.state === 'applying' ? applying : stillness
    if (isOver(review) || now - lastMove >= enough || now - start >= patience) return review
    before = picture
    await pause(betweenLooks)
  }
}
