import { readFileSync } from 'node:fs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { clock, contextOf, type ReviewDeps } from '../../../functions/reviews/items/deps.ts'
import { openReview } from '../../../functions/reviews/lifecycle/advance-review.ts'
import { connect } from '../../../infra/local/connect.ts'
import { commit } from '../../../shared/records/commit.ts'
import { cancelReview } from '../../../shared/reviews/transition.ts'
import { keys } from '../../../shared/table/keys.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import { readAtHand, startOne } from './at-hand.ts'
import { reachDeadline } from './deadline.ts'
import { createMeters } from './kinds.ts'
import { sizesOf } from './sizes.ts'

export type Job = {
  endpoint: string
  enginePid: number
  tableName: string
  customerId: string
  warmUp: string
  toItsEnd: boolean
}

export type Measured = Awaited<ReturnType<typeof main>>

const warmUps = 2
/** Milliseconds in which Linux counts. */
const tick = 10

/** Opens one customer's review in a process of its own, so that nothing else is in its memory. */
async function main(job: Job) {
  const client = connect(job.endpoint)
  const documents = DynamoDBDocumentClient.from(client, documentOptions)
  const table = openTable({ documents, name: job.tableName, now: () => new Date() })
  const deps: ReviewDeps = { table, log: () => undefined, until: '9999-12-31T00:00:00.000000000Z' }
  const meters = createMeters(client)
  const eventsOf = async () => (await table.count({ partition: keys.event(job.customerId, '').pk }, 10)).count
  const reviewContext = await startOne(deps, job.customerId)
  // Kilobytes.
  const idleMemory = process.memoryUsage().rss / 1024
  for (let time = 0; time < warmUps; time++) await tryOut(deps, job.warmUp)
  const before = await eventsOf()
  const begun = performance.now()
  const processorBegun = processorTime(job.enginePid)
  const opening = await meters(() => openReview(deps, reviewContext))
  const processorMilliseconds = processorTime(job.enginePid) - processorBegun
  const milliseconds = performance.now() - begun
  const openingMemory = process.resourceUsage().maxRSS
  const { review } = await readAtHand(table, job.customerId)
  const events = (await eventsOf()) - before
  const opened = await sizesOf(table, review)
  const deadline = job.toItsEnd ? await reachDeadline(deps, job.customerId, meters) : undefined
  const endMemory = process.resourceUsage().maxRSS
  const closed = deadline && (await sizesOf(table, review))
  client.destroy()
  const times = { milliseconds, processorMilliseconds }
  const memory = { idleMemory, openingMemory, endMemory }
  return { items: review.items ?? 0, opening, events, ...times, ...memory, opened, deadline, closed }
}

/** Milliseconds that this process and another one have had. */
function processorTime(pid: number): number {
  const { user, system } = process.cpuUsage()
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (user + system) / 1_000 + (Number(fields[11]) + Number(fields[12])) * tick
}

/** What is compiled once would otherwise count for the smallest customer only. */
async function tryOut(deps: ReviewDeps, customerId: string): Promise<void> {
  await openReview(deps, await startOne(deps, customerId))
  const { change } = cancelReview(contextOf(deps, clock), await readAtHand(deps.table, customerId))
  await commit(deps.table, change)
}

const job: Job = JSON.parse(process.argv[2] ?? '')
process.stdout.write(JSON.stringify(await main(job)))
