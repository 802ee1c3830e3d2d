import { expect, test } from 'vitest'
import { Schedule } from './schedule.ts'

/** Three lanes of four requests each; whose turn it was, in order. */
async function orderOf(seed: number): Promise<string> {
  const schedule = new Schedule(seed)
  const order: string[] = []
  let underWay = 0
  const lane = (name: string) => async () => {
    for (let place = 0; place < 4; place++) {
      await schedule.turn(name, async () => {
        expect(++underWay).toBe(1)
        await new Promise(setImmediate)
        order.push(name)
        underWay--
      })
    }
  }
  await schedule.run({ a: lane('a'), b: lane('b'), c: lane('c') })
  return order.join('')
}

test('one request goes at a time, and the seed alone decides whose', async () => {
  const orders: string[] = []
  for (let seed = 0; seed < 20; seed++) orders.push(await orderOf(seed))
  expect(new Set(orders).size).toBeGreaterThan(15)
  expect(await orderOf(7)).toBe(orders[7])
})

test('a lane that fails lets the others end, and fails the run; without a lane no request waits', async () => {
  const schedule = new Schedule(1)
  let ended = false
  const work = {
    a: () => Promise.reject(new Error('broken')),
    b: () => schedule.turn('b', async () => void (ended = true)),
  }
  await expect(schedule.run(work)).rejects.toThrow('broken')
  expect(ended).toBe(true)
  expect(await schedule.turn('nobody', async () => 'done')).toBe('done')
})
