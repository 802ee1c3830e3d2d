import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How many items of a suite passed, failed and were left out. */
export type Tally = { passed: number; failed: number; skipped: number }

export const root = join(import.meta.dirname, '../..')
/** One tally a suite, `<suite>.json`: `.ci/run` sums them up. */
export const reportsFolder = join(root, '.reports')

export function writeTally(suite: string, tally: Tally): void {
  mkdirSync(reportsFolder, { recursive: true })
  writeFileSync(join(reportsFolder, `${suite}.json`), JSON.stringify(tally))
}

/** The last line of a suite's output. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** The part of vitest's JSON report that counts. */
export type VitestReport = { testResults: { status: string; assertionResults: { status: string }[] }[] }

/**
 * A file that fails as a whole, and a run that fails though no test did, count as one failure each: neither shows among
 * the tests.
 */
export function tallyOf(report: VitestReport | undefined, exitCode: number): Tally {
  const files = report?.testResults ?? []
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status))
  const count = (wanted: string) => statuses.filter((status) => status === wanted).length
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  )
  const passed = count('passed')
  const failed = count('failed') + broken.length
  const skipped = statuses.length - passed - count('failed')
  return { passed, failed: exitCode !== 0 ? Math.max(failed, 1) : failed, skipped }
}
