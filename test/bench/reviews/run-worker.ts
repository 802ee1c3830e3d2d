import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Job, Measured } from './worker.ts'

/** Of the heap, in MB. Left to itself Node lets garbage lie while there is room, and the peak tells nothing of what is needed. */
const limits = ['--max-old-space-size=96', '--max-semi-space-size=4']

/** Does the job in a process of its own. */
export async function runWorker(job: Job): Promise<Measured> {
  const child = spawn(
    process.execPath,
    [...limits, join(import.meta.dirname, 'worker.ts'), JSON.stringify(job)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [answer] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`the review of ${job.customerId} failed`)
  return JSON.parse(answer)
}
