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
  const there = [
    'functions/',
    'functions/api/',
    'shared/',
    'shared/table',
    'shared/table/',
    'shared/table/keys.ts',
  ]
  const more = ['README.md', 'package.json', 'infra/a/', 'infra/a/b.ts']
  const repository: Repository = {
    has: (path) => [...there, ...more, ...good.keys()].includes(path),
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

  test.each([
    [
      'README.md',
      'shared/table/keys.ts',
      'shared/table/names.ts',
      'README.md: no shared/table/names.ts is there',
    ],
    [
      'README.md',
      'shared/<folder>',
      'functions/b/<folder>',
      'README.md: no functions/b/<folder>/x.ts is there',
    ],
    ['README.md', '`keys.ts`', '`names.ts`', 'README.md: no names.ts is there'],
    ['README.md', '`package.json`', '`bun.json`', 'README.md: no bun.json is there'],
    ['README.md', '`package.json`', '`.github/x.md`', 'README.md: no .github/x.md is there'],
    ['README.md', 'npm start', 'npm begin', 'README.md: npm knows no begin here'],
    ['README.md', 'npm run --silent token', 'npm run --silent tokens', 'README.md: npm knows no tokens here'],
    ['README.md', 'Keys:', 'Keys (`npm run keys`):', 'README.md: npm knows no keys here'],
    ['README.md', 'npx cdk', 'npx sam', 'README.md: npx finds no sam'],
    ['README.md', 'npm ci', 'npx --yes sst', 'README.md: npx finds no sst'],
    ['README.md', '`hono`', 'hono', 'no word about `hono`'],
    ['README.md', '  table/', '  tables/', 'the layout misses shared/table/'],
    ['README.md', '  table/', '  tables/', 'the layout lists shared/tables/, which is not there'],
    ['README.md', '  api/', '  api/\n    x/', 'the layout lists functions/api/x/, which is not there'],
    ['README.md', '## Layout', '## Folders', 'the layout misses functions/api/'],
    ['README.md', '[Infra](infra/README.md)', 'Infra', 'README.md: no link to infra/README.md'],
    [
      'README.md',
      '#a-function',
      '#no-function',
      'README.md: the link to infra/runbook.md#no-function-fails finds no such heading',
    ],
    ['infra/README.md', 'a/b.ts', 'a/c.ts', 'infra/README.md: no a/c.ts is there'],
    [
      'infra/README.md',
      '`jose`',
      '`jo\nse`',
      'infra/README.md: a span of code has no end in "`a/b.ts` and `jo"',
    ],
    ['infra/README.md', '`jose`', 'jose', 'no word about `jose`'],
    [
      'infra/README.md',
      '../README.md',
      '../LICENCE.md',
      'infra/README.md: the link to ../LICENCE.md#layout leads nowhere',
    ],
    ['infra/README.md', '#infra', '#other', 'infra/README.md: the link to #other finds no such heading'],
    ['infra/README.md', '| `a`', '| `b`', 'infra/README.md: no folder b is there'],
    [
      'infra/runbook.md',
      '## A function fails',
      'A function fails',
      'infra/runbook.md: no heading "A function fails"',
    ],
    ['infra/runbook.md', '## A', '```sh\n## A', 'infra/runbook.md: no heading "A function fails"'],
  ])('%s, %s → %s: %s', (path, from, to, complaint) => {
    const text = good.get(path) ?? ''
    expect(text).toContain(from)
    const changed = new Map([...good, [path, text.replace(from, to)]])
    expect(brokenPromises(changed, repository)).toContain(complaint)
  })

  test.each([
    ['README.md', 200],
    ['.github/CONTRIBUTING.md', 80],
    ['infra/README.md', 250],
  ])('%s, of more than %i lines', (path, most) => {
    const text = good.get(path)?.trimEnd() ?? ''
    const linesOf = (count: number) => `${text}${'\n'.repeat(count - text.split('\n').length)}.`
    const complaints = (count: number) =>
      brokenPromises(new Map([...good, [path, linesOf(count)]]), repository)
    expect(complaints(most)).toEqual([])
    expect(complaints(most + 1)).toEqual([`${path}: ${most + 1} lines are more than ${most}`])
  })
})
