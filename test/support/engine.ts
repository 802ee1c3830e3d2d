import { afterAll } from 'vitest'
import { openEngine, type TestEngine } from './open-engine.ts'

export type { TestEngine }

/** A DynamoDB in memory for this test file, ended with it: `const engine = await startTestEngine()` at the top. */
export async function startTestEngine(): Promise<TestEngine> {
  const { end, ...engine } = await openEngine()
  afterAll(end)
  return engine
}
