import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isLong, runs, seed } from '../../../support/long.ts'
import { commandsOf } from './command.ts'
import { focuses } from './focuses.ts'
import { Run } from './run.ts'
import { startServices } from './service.ts'
import { begin, type Beginning, dawn } from './start.ts'
import type { Model } from './state.ts'

/** Changing requests, each with a dry run before it; looks, events and clean-ups come on top. */
const wanted = runs(60, 200)

type Replay = { seed?: number; path?: string; endOnFailure?: boolean; replayPath?: string }
/**
 * To see a failure again, from what it prints: `LATCHKEY_REPLAY='{"seed":1,"path":"0:1","replayPath":"AAA:B"}'`, and the
 * test's name after `-t`.
 */
const { replayPath, ...replayed }: Replay = JSON.parse(process.env.LATCHKEY_REPLAY ?? '{}')

const services = await startServices()

/** Returns how many requests were sent. */
async function follow(beginning: Beginning, list: Iterable<fc.AsyncCommand<Model, Run>>): Promise<number> {
  const model: Model = { now: dawn, turn: 0, customers: [], deliveries: [] }
  const service = await services.startService(() => model.now)
  const run = new Run(model, service)
  try {
    await begin(model, run, service, beginning)
    await fc.asyncModelRun(() => ({ model, real: run }), list)
    await run.compareAll()
    return run.sent
  } finally {
    await service.end()
  }
}

it.each(focuses)(
  'all invariants hold, answers are as the model says and changes as their dry run shows: $focus',
  async ({ share, beginning, commands: inFocus }) => {
    let sent = 0
    const settings = {
      maxCommands: isLong ? 150 : 40,
      size: 'max',
      ...(replayPath !== undefined && { replayPath }),
    } as const
    const commands = fc.commands([commandsOf(inFocus)], settings)
    const property = fc.asyncProperty(commands, async (list) => {
      sent += await follow(beginning, list)
    })
    // A failure is shrunk for as long as that, and not for hours.
    const terms = { numRuns: 1, interruptAfterTimeLimit: 120_000 }
    let round = 0
    do await fc.assert(property, { ...terms, seed: seed + round++, ...replayed })
    while (sent < wanted * share && replayed.seed === undefined)
    expect(sent).toBeGreaterThanOrEqual(replayed.seed === undefined ? wanted * share : 0)
  },
  7_200_000,
)
