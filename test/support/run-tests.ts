import { spawn, spawnSync } from 'node:child_process'
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
  const lacksMariaDB = named === 'keystone' && !process.env.KEYSTONE_DATABASES && !canHaveMariaDB()
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
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(lacksMariaDB && { KEYSTONE_DATABASES: 'sqlite' }) },
    },
  )
  process.once('SIGTERM', () => vitest.kill('SIGTERM'))
  await once(vitest, 'exit')
  const exitCode = vitest.exitCode ?? 1
  const ran = tallyOf(readReport(), exitCode)
  const tally = { ...ran, skipped: ran.skipped + (lacksMariaDB ? 1 : 0) }
  writeTally(suite, tally)
  process.stdout.write(`${tallyLine(tally)}\n`)
  return tally.failed > 0 ? exitCode || 1 : exitCode
}

/** Installs it unless it is there. Without, what needs it is skipped, and counted as one. */
function canHaveMariaDB(): boolean {
  const script = join(root, 'test/support/keystone/keystone.sh')
  const { status } = spawnSync(script, ['install-mariadb'], { stdio: 'inherit', timeout: 120_000 })
  return status === 0
}

function readReport(): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'))
  } catch {
    return undefined
  }
}

process.exitCode = await main()
