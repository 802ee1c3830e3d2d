import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isLong } from './long.ts'
import { reportsFolder, root, tallyLine, tallyOf, type VitestReport, writeTally } from './tally.ts'

/** Suites with a configuration of their own; without their name, the tests that need nothing but npm. */
const configurations: Record<string, string> = { keystone: 'vitest.keystone.config.ts' }

const [named = '', ...others] = process.argv.slice(2)
const configuration = configurations[named]
const suite = `${configuration ? named : 'tests'}${isLong ? '-long' : ''}`
const reportPath = join(reportsFolder, `raw/${suite}.json`)

/** Runs a suite with vitest, further arguments passed on, and says in the last line how it went. */
async function main(): Promise<number> {
  rmSync(reportPath, { force: true })
  const vitest = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportPath}`,
      ...(configuration ? ['--config', configuration, ...others] : process.argv.slice(2)),
    ],
    { cwd: root, stdio: 'inherit' },
  )
  process.once('SIGTERM', () => vitest.kill('SIGTERM'))
  await once(vitest, 'exit')
  const exitCode = vitest.exitCode ?? 1
  const tally = tallyOf(readReport(), exitCode)
  writeTally(suite, tally)
  process.stdout.write(`${tallyLine(tally)}\n`)
  return tally.failed > 0 ? exitCode || 1 : exitCode
}

function readReport(): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'))
  } catch {
    return undefined
  }
}

process.exitCode = await main()
