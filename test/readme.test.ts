import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runbooks } from '../infra/constructs/alarms.ts'
import { brokenPromises, type Repository } from './support/readme.ts'
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

test('the README keeps its promises', () => {
  const promises = brokenPromises(readFileSync(join(root, 'README.md'), 'utf8'), {
    has: (path) => existsSync(join(root, path)) || globSync(path, { cwd: root }).length > 0,
    hasFile: (name) => names.includes(name),
    scripts: Object.keys(scripts),
    packages: Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }),
    commands: readdirSync(join(root, 'node_modules/.bin')),
    runbooks: Object.values(runbooks),
    listed: ['functions', 'shared'].flatMap(foldersOf),
  })
  expect(promises).toEqual([])
})

describe('the checker goes red', () => {
  const repository: Repository = {
    has: (path) => ['functions/', 'shared/', 'shared/table/keys.ts', 'package.json'].includes(path),
    hasFile: (name) => name === 'keys.ts',
    scripts: ['start', 'token'],
    packages: ['hono'],
    commands: ['cdk'],
    runbooks: ['A function fails'],
    listed: ['functions/api/', 'shared/table/'],
  }
  const good = `# Latchkey
\`\`\`sh
npm ci && npm start
npm run --silent token -- operator
npx cdk synth
\`\`\`
Keys: \`shared/table/keys.ts\` or \`keys.ts\`, \`shared/<folder>/x.ts\`, \`package.json\`; \`hono\` routes.
## Layout
\`\`\`
functions/         a folder a Lambda
  api/             routes
shared/
  table/           keys.ts
\`\`\`
## A function fails
`

  test('but not where all is well', () => {
    expect(brokenPromises(good, repository)).toEqual([])
    const drawn = good.replace('  api/', '├── api/').replace('  table/', '└── table/')
    expect(brokenPromises(drawn, repository)).toEqual([])
  })

  test.each([
    ['shared/table/keys.ts', 'shared/table/names.ts', 'no shared/table/names.ts is there'],
    ['shared/<folder>', 'infra/<folder>', 'no infra/<folder>/x.ts is there'],
    ['`keys.ts`', '`names.ts`', 'no names.ts is there'],
    ['`package.json`', '`bun.json`', 'no bun.json is there'],
    ['npm start', 'npm begin', 'npm knows no begin here'],
    ['npm run --silent token', 'npm run --silent tokens', 'npm knows no tokens here'],
    ['Keys:', 'Keys (`npm run keys`):', 'npm knows no keys here'],
    ['npx cdk', 'npx sam', 'npx finds no sam'],
    ['npm ci', 'npx --yes sst', 'npx finds no sst'],
    ['`hono`', 'hono', 'no word about `hono`'],
    ['## A function fails', 'A function fails', 'no heading "A function fails"'],
    ['  table/', '  tables/', 'the layout misses shared/table/'],
    ['  table/', '  tables/', 'the layout lists shared/tables/, which is not there'],
    ['  api/', '  api/\n    routes/', 'the layout lists functions/api/routes/, which is not there'],
    ['## Layout', '## Folders', 'the layout misses functions/api/'],
  ])('%s → %s: %s', (from, to, complaint) => {
    expect(good).toContain(from)
    expect(brokenPromises(good.replace(from, to), repository)).toContain(complaint)
  })
})
