import { expect, test } from 'vitest'
import { forEachItemPage } from '../../../../functions/reviews/items/checkpoint.ts'
import { itemRecord } from '../../../../shared/reviews/store.ts'
import { aCustomer, anItem, aReview } from '../../../shared/reviews/review-parts.ts'
import { startTestEngine } from '../../../support/engine.ts'

const engine = await startTestEngine()

test('failing items on the first pages do not keep the worker from the last ones, however short its time', async () => {
  let clock = 0
  const table = await engine.openTable(() => new Date(clock))
  for (let place = 100; place < 350; place++)
    await table.putNew(itemRecord(anItem({ userId: `usr_${place}` })))
  const { customerId } = anItem()
  const schedule = { customerId, since: '', version: 1 }
  const review = { ...aReview({ state: 'applying' }), version: 1 }
  const reviewContext = { customer: aCustomer(), schedule, review }
  const failing = new Set(['usr_150', 'usr_220'])

  /** Runs for the time of one page. */
  const runOnce = async () => {
    const pages: string[] = []
    const deps = { table, log: () => undefined, until: '1970-01-01T00:00:00.001000000Z' }
    clock = 0
    const result = await forEachItemPage(deps, reviewContext, 'verifying', async (items) => {
      clock = 1
      const [first] = items
      const page = `${first?.userId.slice(0, 5)}xx`
      if (!pages.includes(page)) pages.push(page)
      return items.filter(({ userId }) => failing.has(userId)).length
    })
    return [...pages, result]
  }

  for (const [count, failures] of [
    [2, 1],
    [1, 2],
  ]) {
    expect(await runOnce()).toEqual(['usr_1xx', { end: 'unfinished' }])
    expect(await runOnce()).toEqual(['usr_2xx', { end: 'unfinished' }])
    expect(await runOnce()).toEqual(['usr_3xx', { end: 'left', count, failures }])
    failing.delete('usr_150')
  }
  failing.clear()
  // The run begins with the first page that had a failure.
  expect(await runOnce()).toEqual(['usr_2xx', { end: 'unfinished' }])
  expect(await runOnce()).toEqual(['usr_3xx', { end: 'done' }])
})
