import { expect, test } from 'vitest'
import { Schedule } from './schedule.ts'

/** Three lanes of four requests each; whose turn it was, in order. */
async function orderOf(seed: number): Promise<string> {
  const schedule = new Schedule(seed)
  const order: string[] = []
  let underWay = 0
  const lane = async (name: string) => {
    for (let place = 0; place < 4; place++) {
      await schedule.turn(name, async () => {
        expect(++underWay).toBe(1)
        await new Promise(setImmediate)
        order.push(name)
        underWay--
      })
    }
  }
  await schedule.run({ a: () => lane('a'), b: () => lane('b'), c: () => lane('c') })
  return order.join('')
}

test('one request goes at a time, and the seed alone decides whose', async () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed)
  const orders: string[] = []
  for (const seed of seeds) orders.push(await orderOf(seed))
  expect(orders.every((order) => [...order].sort().join('') === 'aaaabbbbcccc')).toBe(true)
  expect(new Set(orders).size).toBeGreaterThan(15)
  for (const seed of seeds) expect(await orderOf(seed)).toBe(orders[seed])
})

test('a lane that fails lets the others end, and fails the run', async () => {
  const schedule = new Schedule(1)
  let ended = false
  const work = {
    a: () => Promise.reject(new Error('broken')),
    b: async () => {
      await schedule.turn('b', async () => {})
      ended = true
    },
  }
  await expect(schedule.run(work)).rejects.toThrow('broken')
  expect(ended).toBe(true)
})

test('a request without a lane does not wait', async () => {
  expect(await new Schedule(1).turn('nobody', async () => 'done')).toBe('done')
})
