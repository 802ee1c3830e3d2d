import type { TestEngine } from '../../support/open-engine.ts'
import type { Population } from './population.ts'
import { runWorker } from './run-worker.ts'

export const shape = { projects: 90, servers: 60, perUser: { least: 20, most: 100 }, nameLength: 40 }

export type Result = Awaited<ReturnType<typeof review>>

export async function review(
  { endpoint, pid: enginePid }: TestEngine,
  tableName: string,
  population: Reviewed,
  bound: { users: number; units: number },
) {
  const { customerId, name, grants, unanswered = 'recommendation', toItsEnd = false } = population
  const job = { endpoint, enginePid, tableName, customerId, warmUp: warmUp.customerId, toItsEnd }
  const measured = await runWorker(job)
  return { ...measured, ...bound, name, grants, unanswered }
}

export const warmUp: Population = { ...shape, customerId: 'WRM000001', grants: 1_000 }
export type Reviewed = Population & { name: string; used?: true; toItsEnd?: true }
