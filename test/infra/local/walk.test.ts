import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { scriptOf, stepsOf, wrongSteps } from '../../support/walk.ts'
import { outcomeOf, spawnLocal } from './run-node.ts'
import { temporaryFolder } from './temporary-folder.ts'

const root = resolve(import.meta.dirname, '../../..')
const heading = 'A walk through the API'
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The package as it is, in a folder of its own: npm's scripts look for the service in theirs. */
const home = temporaryFolder()
for (const name of ['package.json', 'node_modules', 'functions', 'infra', 'shared'])
  symlinkSync(join(root, name), join(home, name))

async function walk(markdown: string, environment: Record<string, string> = {}) {
  const steps = stepsOf(markdown, heading)
  const shell = spawn('sh', ['-c', scriptOf(steps)], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { code, stdout, stderr } = await outcomeOf(shell)
  return { code, steps: steps.length, wrong: wrongSteps(steps, stdout), stderr }
}

test('the walk of the README runs as written and prints what it says', async () => {
  const service = spawnLocal('main.ts', [], home, { PORT: '0', LATCHKEY_DATA: join(home, 'data') })
  onTestFinished(async () => {
    service.kill('SIGTERM')
    if (service.exitCode === null && service.signalCode === null) await once(service, 'exit')
  })
  const [line] = await Promise.race([once(createInterface(service.stdout), 'line'), once(service, 'exit')])
  const { code, steps, wrong, stderr } = await walk(readme, {
    PORT: new URL(String(line).split(' ').at(-1) ?? '').port,
  })
  expect({ wrong, errors: code === 0 ? '' : stderr }).toEqual({ wrong: [], errors: '' })
  expect(steps).toBeGreaterThan(10)
})

describe('goes red', () => {
  const good = `# Latchkey\n\n## ${heading}\n
\`\`\`sh
say() { echo "$1"; }
say one; say 'two
three'
# one
# t…
# three
KEPT=four
\`\`\`

Then:

\`\`\`sh
say "$KEPT"
# four
\`\`\`

## Another

\`\`\`sh
false
\`\`\`
`

  test('but not where all is well', async () => {
    expect(await walk(good)).toEqual({ code: 0, steps: 3, wrong: [], stderr: '' })
  })

  test.each([
    ['another answer', '# four', '# five', 0, ['say "$KEPT"\nprints: four\nand not: five']],
    ['more than it says', '# four\n', '', 0, ['say "$KEPT"\nprints: four\nand not: ']],
    [
      'less than it says',
      '# three\n',
      '# three\n# four\n',
      0,
      [expect.stringMatching(/^say\(\)[^]*and not: one/)],
    ],
    ['a command that fails', 'KEPT=four', 'KEPT=$(false)', 1, ['KEPT=$(false)\nfails: ']],
  ])('%s', async (_what, from, to, code, wrong) => {
    expect(await walk(good.replace(from, to))).toMatchObject({ code, wrong })
  })
})
