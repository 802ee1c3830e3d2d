import { parentPort, workerData } from 'node:worker_threads'
import { decide } from '../../../../shared/domain/access/decide.ts'
import { Random } from '../../../support/random.ts'
import { openCasbin } from '../casbin.ts'
import { openCedar } from '../cedar.ts'
import { randomMeaning } from './random-meaning.ts'
import { storedAs } from './stored.ts'

export type Task = { seed: number; blocks: readonly number[]; size: number }
export type Report = {
  cases: number
  allowed: number
  codes: Record<string, number>
  differences: string[]
}

/** Each block has a seed of its own, so that the cases don't depend on how many work on them. */
async function work({ seed, blocks, size }: Task): Promise<void> {
  const judges = [openCedar(), await openCasbin()]
  for (const block of blocks) {
    const random = new Random(seed * 1_000_003 + block)
    const report: Report = { cases: size, allowed: 0, codes: {}, differences: [] }
    for (let place = 0; place < size; place++) {
      const meaning = randomMeaning(random)
      const { facts, action, ref } = storedAs(random, meaning)
      const { allowed, reason } = decide(facts, action, ref)
      if (allowed) report.allowed++
      report.codes[reason.code] = (report.codes[reason.code] ?? 0) + 1
      for (const { name, isAllowed } of judges) {
        if (isAllowed(meaning) === allowed) continue
        const { grants, ...others } = facts
        const stored = JSON.stringify({ ...others, grants: [...grants] })
        report.differences.push(
          `${name} says ${!allowed}, decide ${allowed} (${reason.code})\n${JSON.stringify(meaning)}\n${stored}`,
        )
      }
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has no origin
    parentPort?.postMessage(report)
  }
}

await work(workerData as Task)
