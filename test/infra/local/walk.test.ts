import { spawn } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { scriptOf, stepsOf, wrongSteps } from '../../support/walk.ts'
import { outcomeOf } from './run-node.ts'
import { serviceStarter } from './service-starter.ts'
import { temporaryFolder } from './temporary-folder.ts'

const root = resolve(import.meta.dirname, '../../..')

/** The package in a folder of its own: npm's scripts look for the service in theirs. */
const home = temporaryFolder()
for (const name of ['package.json', 'node_modules', 'functions', 'infra', 'shared', 'test'])
  symlinkSync(join(root, name), join(home, name))
const start = serviceStarter(home)

type Walk = { page: string; heading?: string | undefined; environment?: Record<string, string> }

async function walk({ page, heading, environment }: Walk) {
  const steps = stepsOf(page, heading)
  const shell = spawn('sh', ['-c', scriptOf(steps)], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { code, stdout, stderr } = await outcomeOf(shell)
  return { code, steps: steps.length, wrong: wrongSteps(steps, stdout), stderr }
}

test.each([
  { path: 'README.md', heading: 'Use it', least: 3 },
  { path: 'functions/api/walkthrough.md', heading: undefined, least: 15 },
])(
  '$path runs as written and prints what it says',
  { timeout: 120_000 },
  async ({ path, heading, least }) => {
    const { port: PORT } = await start({ LATCHKEY_DATA: join(home, `data-${least}`) })
    const page = readFileSync(join(root, path), 'utf8')
    const { code, steps, wrong, stderr } = await walk({ page, heading, environment: { PORT } })
    expect({ wrong, errors: code === 0 ? '' : stderr }).toEqual({ wrong: [], errors: '' })
    expect(steps).toBeGreaterThanOrEqual(least)
  },
)

describe('goes red', () => {
  const heading = 'A walk'
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

  test('but not for a good page', async () => {
    const well = { code: 0, steps: 3, wrong: [], stderr: '' }
    expect(await walk({ page: good, heading })).toEqual(well)
  })

  test('also without a heading', async () => {
    expect(await walk({ page: good })).toMatchObject({ code: 1, wrong: ['false\nfails: '] })
  })

  test.each([
    ['another answer', '# four', '# five', 0, ['say "$KEPT"\nprints: four\nand not: five']],
    ['more than it says', '# four\n', '', 0, ['say "$KEPT"\nprints: four\nand not: ']],
    ['less than it says', '# four', '# four\n# five', 0, ['say "$KEPT"\nprints: four\nand not: four\nfive']],
    ['a command that fails', 'KEPT=four', 'KEPT=$(false)', 1, ['KEPT=$(false)\nfails: ']],
  ])('%s', async (_what, from, to, code, wrong) => {
    expect(await walk({ page: good.replace(from, to), heading })).toMatchObject({ code, wrong })
  })
})
