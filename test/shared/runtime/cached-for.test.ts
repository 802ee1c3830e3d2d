import { expect, test } from 'vitest'
import { cachedFor } from '../../../shared/runtime/cached-for.ts'

function cached() {
  const clock = { time: 0 }
  let reads = 0
  const outcomes: (number | Error)[] = []
  const given: (number | undefined)[] = []
  const read = async (expired?: number) => {
    given.push(expired)
    const outcome = outcomes.shift() ?? ++reads
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  return { clock, outcomes, given, value: cachedFor(1000, read, () => clock.time) }
}

test('a value is read once, and again when it has expired', async () => {
  const { clock, given, value } = cached()
  expect([await value(), await value()]).toEqual([1, 1])
  clock.time = 999
  expect(await value()).toBe(1)
  clock.time = 1000
  expect(await value()).toBe(2)
  expect(given).toEqual([undefined, 1])
})

test('a failed read throws, and the next call reads again', async () => {
  const { clock, outcomes, value } = cached()
  await value()
  clock.time = 1000
  outcomes.push(new Error('throttled'))
  await expect(value()).rejects.toThrow('throttled')
  expect(await value()).toBe(2)
})
