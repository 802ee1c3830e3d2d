import { expect, test } from 'vitest'
import { tallyLine, tallyOf, type VitestReport } from './tally.ts'

const file = (status: string, ...tests: string[]): VitestReport['testResults'][number] => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
})

const passed = [file('passed', 'passed')]
const skipped = [file('passed', 'passed', 'skipped', 'todo')]

test.each<[string, VitestReport | undefined, number, string]>([
  ['all is well', { testResults: passed }, 0, '1 passed, 0 failed'],
  ['a test fails', { testResults: [file('failed', 'passed', 'failed')] }, 1, '1 passed, 1 failed'],
  ['some are skipped', { testResults: skipped }, 0, '1 passed, 0 failed, 2 skipped'],
  ['a file cannot be loaded', { testResults: [...passed, file('failed')] }, 1, '1 passed, 1 failed'],
  ['something is thrown outside all tests', { testResults: passed }, 1, '1 passed, 1 failed'],
  ['nothing was reported', undefined, 1, '0 passed, 1 failed'],
])('counts when %s', (_, report, exitCode, line) => {
  expect(tallyLine(tallyOf(report, exitCode))).toBe(line)
})
