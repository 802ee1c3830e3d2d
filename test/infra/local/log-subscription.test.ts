import { expect, test } from 'vitest'
import { subscribe } from '../../../infra/local/log-subscription.ts'

const silent = () => {}

test('lines are handled together, after their writer has continued', async () => {
  const batches: (readonly string[])[] = []
  const { write, drain } = subscribe(async (lines) => void batches.push(lines), silent)
  write('a')
  write('b')
  expect(batches).toEqual([])
  await drain()
  expect(batches).toEqual([['a', 'b']])
})

test('lines written meanwhile are handled next, and draining waits for them', async () => {
  const batches: (readonly string[])[] = []
  const { write, drain } = subscribe(async (lines) => {
    batches.push(lines)
    if (batches.length < 3) write(`after ${lines.join()}`)
  }, silent)
  write('a')
  await drain()
  expect(batches).toEqual([['a'], ['after a'], ['after after a']])
  write('b')
  await drain()
  expect(batches.at(-1)).toEqual(['b'])
})

test('a failure is logged, and the next lines are handled', async () => {
  const handled: string[] = []
  const told: unknown[] = []
  const { write, drain } = subscribe(
    async (lines) => {
      if (lines.includes('bad')) throw new TypeError('broken')
      handled.push(...lines)
    },
    (level, message, fields) => void told.push([level, message, fields?.count]),
  )
  write('bad')
  await drain()
  write('good')
  await drain()
  expect(told).toEqual([['error', 'log lines could not be handled', 1]])
  expect(handled).toEqual(['good'])
})

test('draining ends at once without lines', async () => {
  await expect(subscribe(async () => {}, silent).drain()).resolves.toBeUndefined()
})
