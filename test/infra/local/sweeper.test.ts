import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startSweeper } from '../../../infra/local/sweeper.ts'

const silent = () => {}

test('sweeps again and again, never two at a time, also after a failure', async () => {
  let running = 0
  let most = 0
  let count = 0
  const fifth = Promise.withResolvers<void>()
  const errors: string[] = []
  const sweep = async () => {
    most = Math.max(most, ++running)
    await pause(5)
    running--
    if (++count === 5) fifth.resolve()
    if (count === 2) throw new TypeError('broken')
  }
  const sweeper = startSweeper(sweep, {
    log: (_level, _message, fields) => errors.push(fields?.error ?? ''),
    pause: 1,
  })
  await fifth.promise
  await sweeper.stop()
  expect(most).toBe(1)
  expect(errors).toEqual(['TypeError'])
})

test('stopping waits for the current sweep, and none follows', async () => {
  let finished = 0
  const started = Promise.withResolvers<void>()
  const sweep = async () => {
    started.resolve()
    await pause(20)
    finished++
  }
  const sweeper = startSweeper(sweep, { log: silent, pause: 1 })
  await started.promise
  await sweeper.stop()
  expect(finished).toBe(1)
  await pause(20)
  expect(finished).toBe(1)
})
