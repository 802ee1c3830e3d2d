import { expect, test } from 'vitest'
import type { Log } from '../../../shared/runtime/log.ts'
import type { Key } from '../../../shared/table/keys.ts'
import { createWorker, type WorkerOptions } from '../../../shared/table/worker.ts'
import { recordOf } from '../../functions/provisioning/bare-worker.ts'

const keys = ['a', 'b', 'c'].map((sk): Key => ({ pk: 'C#ACM000001', sk }))
const now = () => new Date('2026-08-01T00:00:00.000Z')

/** A worker with these keys due that fails for `b`, and all that it logs and is asked to do. */
function start(options: Partial<WorkerOptions> = {}) {
  const lines: string[] = []
  const log: Log = (_level, message) => void lines.push(message)
  const calls: { keys: string[]; until: string }[] = []
  const dueBy: string[] = []
  const worker = createWorker({
    now,
    log,
    subject: 'thing',
    budget: { stream: 2_000, sweep: 1_000 },
    process: async (given, attempt, until) => {
      calls.push({ keys: given.map(({ sk }) => sk), until })
      for (const key of given) {
        await attempt(key, async () => {
          if (key.sk === 'b') throw new Error('broken')
        })
      }
    },
    due: async (by, work) => {
      dueBy.push(by)
      return (await work(keys.slice(0, 2))) + (await work(keys.slice(2)))
    },
    ...options,
  })
  return { ...worker, lines, calls, dueBy }
}

test('a stream record fails alone, within the budget of a batch', async () => {
  const { onStream, lines, calls } = start()
  const { batchItemFailures } = await onStream({ Records: keys.map(recordOf) })
  expect(batchItemFailures).toEqual([{ itemIdentifier: '1' }])
  expect(calls).toEqual([{ keys: ['a', 'b', 'c'], until: '2026-08-01T00:00:02.000000000Z' }])
  expect(lines).toEqual(['a stream record could not be processed'])
})

test('a sweep tries everything that is due, and fails at its end', async () => {
  const { sweep, lines, calls } = start()
  await expect(sweep()).rejects.toThrow('1 of 3 things could not be processed')
  const until = '2026-08-01T00:00:01.000000000Z'
  expect(calls).toEqual([
    { keys: ['a', 'b'], until },
    { keys: ['c'], until },
  ])
  expect(lines).toEqual(['a due thing could not be processed'])
})

test('a failure that was logged already is counted, and not logged again', async () => {
  const { sweep, onStream, lines } = start({
    process: async (given, attempt) => {
      for (const key of given) await attempt(key, async () => (key.sk === 'c' ? 'failed' : 'done'))
    },
  })
  await expect(sweep()).rejects.toThrow('1 of 3 things could not be processed')
  expect(await onStream({ Records: keys.map(recordOf) })).toEqual({ batchItemFailures: [] })
  expect(lines).toEqual([])
})

test('a sweep can look ahead, and process due keys in its own way', async () => {
  const seen: string[] = []
  const { sweep, dueBy, calls } = start({
    processDue: async (given, attempt, { by, until }) => {
      seen.push(...given.map(({ sk }) => `${sk} ${by.slice(11, 19)} ${until.slice(11, 19)}`))
      for (const key of given) await attempt(key, async () => (key.sk === 'b' ? 'failed' : 'done'))
      return 1
    },
  })
  await expect(sweep(60_000)).rejects.toThrow('1 of 2 things could not be processed')
  expect(dueBy).toEqual(['2026-08-01T00:01:00.000000000Z'])
  expect(seen).toEqual(['a 00:01:00 00:00:01', 'b 00:01:00 00:00:01', 'c 00:01:00 00:00:01'])
  expect(calls).toEqual([])
})

test('without a budget the work has no end', async () => {
  const { onStream, calls } = start({ budget: undefined })
  await onStream({ Records: keys.slice(0, 1).map(recordOf) })
  expect(calls.map(({ until }) => until)).toEqual(['9999-12-31T23:59:59.999999999Z'])
})
