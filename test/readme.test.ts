import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runbookPage, runbooks } from '../infra/constructs/alarms.ts'
import { brokenPromises, type Pages, type Repository } from './support/readme.ts'
import { root } from './support/tally.ts'

type Manifest = Record<'scripts' | 'dependencies' | 'devDependencies' | 'optionalDependencies', object>
const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { scripts, dependencies, devDependencies, optionalDependencies } = manifest
const names = globSync('{functions,shared,infra,test}/**/*', {
  cwd: root,
  exclude: ['**/node_modules/**'],
}).map((path) => path.split('/').at(-1))
const foldersOf = (parent: string) =>
  readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${parent}/${name}/`)
const pages: Pages = new Map(
  globSync(['*.md', '.github/*.md', '{functions,shared,infra,test}/**/*.md'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  }).map((path) => [path, readFileSync(join(root, path), 'utf8')]),
)

test('the pages keep their promises', () => {
  const promises = brokenPromises(pages, {
    has: (path) => existsSync(join(root, path)) || globSync(path, { cwd: root }).length > 0,
    hasFile: (name) => names.includes(name),
    scripts: Object.keys(scripts),
    packages: Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }),
    commands: readdirSync(join(root, 'node_modules/.bin')),
    runbook: { path: runbookPage, headings: Object.values(runbooks) },
    listed: ['functions', 'shared'].flatMap(foldersOf),
  })
  expect(promises).toEqual([])
})

describe('the checker goes red', () => {
  const folders = ['functions/', 'functions/api/', 'shared/', 'shared/table', 'shared/table/', 'infra/a/']
  const there = [...folders, 'shared/table/keys.ts', 'README.md', 'package.json', 'infra/a/b.ts']
  const repository: Repository = {
    has: (path) => [...there, ...good.keys()].includes(path),
    hasFile: (name) => name === 'keys.ts',
    scripts: ['start', 'token'],
    packages: ['hono', 'jose'],
    commands: ['cdk'],
    runbook: { path: 'infra/runbook.md', headings: ['A function fails'] },
    listed: ['functions/api/', 'shared/table/'],
  }
  const readme = `# Latchkey
\`\`\`sh
npm ci && npm start
npm run --silent token -- operator
npx cdk synth
\`\`\`
Keys: \`shared/table/keys.ts\` or \`keys.ts\`, \`shared/<folder>/x.ts\`, \`package.json\`; \`hono\` routes.
[Infra](infra/README.md), [runbook](infra/runbook.md#a-function-fails), [how](.github/CONTRIBUTING.md), [RFC](https://x.example)
## Layout
\`\`\`
functions/         a folder a Lambda
  api/             routes
shared/
  table/           keys.ts
\`\`\`
`
  const infra = `# Infra
\`a/b.ts\` and \`jose\`, [back](../README.md#layout), [below](#infra)

| folder | what |
|---|---|
| \`a\`, \`shared/table\` | something |
`
  const good = new Map([
    ['README.md', readme],
    ['infra/README.md', infra],
    ['infra/runbook.md', "# Runbook\n## A function fails\n```sh\n## It doesn't\n```\n"],
    ['.github/CONTRIBUTING.md', '# Contributing\n'],
  ])

  test('but not where all is well', () => {
    expect(brokenPromises(good, repository)).toEqual([])
    const drawn = readme.replace('  api/', '├── api/').replace('  table/', '└── table/')
    expect(brokenPromises(new Map([...good, ['README.md', drawn]]), repository)).toEqual([])
  })

  const faults: Record<string, [from: string, to: string, complaint: string][]> = {
    'README.md': [
      ['shared/table/keys.ts', 'shared/table/names.ts', 'README.md: no shared/table/names.ts is there'],
      ['shared/<folder>', 'shared/b/<folder>', 'README.md: no shared/b/<folder>/x.ts is there'],
      ['`keys.ts`', '`names.ts`', 'README.md: no names.ts is there'],
      ['npm start', 'npm begin', 'README.md: npm knows no begin here'],
      ['npm run --silent token', 'npm run --silent list', 'README.md: npm knows no list here'],
      ['npm ci', 'npx --yes sst', 'README.md: npx finds no sst'],
      ['`hono`', 'hono', 'no word about `hono`'],
      ['  table/', '  tables/', 'the layout misses shared/table/'],
      ['  table/', '  tables/', 'the layout lists shared/tables/, which is not there'],
      ['[Infra](infra/README.md)', 'Infra', 'README.md: no link to infra/README.md'],
      ['#a-function', '#no', 'README.md: the link to infra/runbook.md#no-fails finds no such heading'],
    ],
    'infra/README.md': [
      ['a/b.ts', 'a/c.ts', 'infra/README.md: no a/c.ts is there'],
      ['`jose`', '`jo\nse`', 'infra/README.md: a span of code has no end in "`a/b.ts` and `jo"'],
      ['../README.md', '../x.md', 'infra/README.md: the link to ../x.md#layout leads nowhere'],
      ['| `a`', '| `b`', 'infra/README.md: no folder b is there'],
    ],
    'infra/runbook.md': [
      ['## A', '```sh\n## A', 'infra/runbook.md: no heading "A function fails"'],
      ['A function fails', 'A function', 'infra/runbook.md: no heading "A function fails"'],
    ],
  }
  const rows = Object.entries(faults).flatMap(([path, each]) => each.map((row) => [path, ...row] as const))

  test.each(rows)('%s, %s → %s: %s', (path, from, to, complaint) => {
    const text = good.get(path) ?? ''
    expect(text).toContain(from)
    const changed = new Map([...good, [path, text.replace(from, to)]])
    expect(brokenPromises(changed, repository)).toContain(complaint)
  })

  test.each([
    ['README.md', 200],
    ['infra/README.md', 250],
  ])('%s, of more than %i lines', (path, most) => {
    const complaints = (count: number) =>
      brokenPromises(new Map([...good, [path, `${good.get(path)}${'.\n'.repeat(count)}`]]), repository)
    const lines = good.get(path)?.trimEnd().split('\n').length ?? 0
    expect(complaints(most - lines)).toEqual([])
    expect(complaints(most - lines + 1)).toEqual([`${path}: ${most + 1} lines are more than ${most}`])
  })
})
