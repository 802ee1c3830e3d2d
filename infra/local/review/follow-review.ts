import { setTimeout as pause } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import { isOver, type Review } from './review.ts'

type Look = () => Promise<Review>

const betweenLooks = 250

/** Polls until all items are there. @throws {CliError} when they aren't after `patience` milliseconds */
export async function untilOpened(look: Look, { patience = 60_000 } = {}): Promise<Review> {
  const deadline = performance.now() + patience
  for (;;) {
    const review = await look()
    if (review.state !== 'opening') return review
    if (performance.now() >= deadline)
      throw new CliError(`review ${review.id} is still opening after ${patience / 1000} s`)
    await pause(betweenLooks)
  }
}

/**
 * Polls until it is over, it hasn't changed for `stillness` milliseconds (while it is applied, which isn't visible,
 * `applying`), or `patience` has run out.
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
