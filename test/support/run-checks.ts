import { spawnSync } from 'node:child_process'
import { root, type Tally, tallyLine, writeTally } from './tally.ts'

const checks = ['format', 'lint', 'types', 'openapi', 'synth'] as const

/** Runs every `check:<name>` script, also after one has failed, and shows the words only of those that fail. */
function main(): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 }
  for (const name of checks) {
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', `check:${name}`], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
    })
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    tally[status === 0 ? 'passed' : 'failed']++
    if (status !== 0) process.stdout.write(stdout + stderr)
    process.stdout.write(`${name.padEnd(7)}  ${status === 0 ? 'ok' : 'FAILED'}  ${seconds} s\n`)
  }
  return tally
}

const tally = main()
writeTally('check', tally)
process.stdout.write(`${tallyLine(tally)}\n`)
process.exitCode = tally.failed > 0 ? 1 : 0
