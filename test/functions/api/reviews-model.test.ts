import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { isLong, runs, seed } from '../../support/long.ts'
import { startServices } from './model/service.ts'
import { begin, dawn } from './model/start.ts'
import type { Model } from './model/state.ts'
import { commandsWithReviews } from './reviews-model/command.ts'
import { ReviewRun } from './reviews-model/run.ts'

/** Changing requests, each with a dry run before it. */
const wanted = runs(50, 100)

type Replay = { seed?: number; path?: string; endOnFailure?: boolean; replayPath?: string }
/** Replays a failure, from its output: `LATCHKEY_REPLAY='{"seed":1,"path":"0:1","replayPath":"AAA:B"}'`. */
const { replayPath, ...replayed }: Replay = JSON.parse(process.env.LATCHKEY_REPLAY ?? '{}')

const services = await startServices()

// Pauses before retries would only take time.
vi.spyOn(Math, 'random').mockReturnValue(0)

/** Counts events of interest, so that the test fails if the runs miss any of them. */
const seen = { sent: 0, closed: 0, kept: 0, taken: 0, takenByDefault: 0 }

async function follow(list: Iterable<fc.AsyncCommand<Model, ReviewRun>>): Promise<void> {
  const model: Model = { now: dawn, turn: 0, customers: [], deliveries: [] }
  const service = await services.startService(() => model.now)
  const run = new ReviewRun(model, service)
  try {
    await begin(model, run, service, 'few')
    await fc.asyncModelRun(() => ({ model, real: run }), list)
    await run.finish()
    await run.compareAll()
    const { closed, kept, taken, takenByDefault } = run.book.counts()
    seen.sent += run.sent
    seen.closed += closed
    seen.kept += kept
    seen.taken += taken
    seen.takenByDefault += takenByDefault
  } finally {
    await service.end()
  }
}

test('with any concurrent changes of the directory, a review applies each decision, and nothing else', async () => {
  const settings = { maxCommands: 200, size: 'max', ...(replayPath !== undefined && { replayPath }) } as const
  const property = fc.asyncProperty(fc.commands([commandsWithReviews()], settings), follow)
  // Limits shrinking, which could take hours.
  const terms = { numRuns: 1, interruptAfterTimeLimit: 120_000 }
  let round = 0
  do await fc.assert(property, { ...terms, seed: seed + round++, ...replayed })
  while (seen.sent < wanted && replayed.seed === undefined)
  if (replayed.seed !== undefined) return
  for (const count of Object.values(seen)) expect(count).toBeGreaterThanOrEqual(isLong ? 1 : 0)
}, 7_200_000)
