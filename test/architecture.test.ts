import { globSync, readFileSync } from 'node:fs'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { importsOf } from './support/architecture/imports.ts'
import { misshapen } from './support/architecture/shape.ts'
import { type Manifest, type Sources, violations } from './support/architecture/violations.ts'
import { root } from './support/tally.ts'

const paths = globSync(['{functions,shared,infra,test}/**/*.ts', '*.ts'], {
  cwd: root,
  // `test/client` has packages of its own, and types that are made anew by its test.
  exclude: ['**/node_modules/**', 'test/client/openapi.ts'],
}).toSorted()
const sources: Sources = new Map(paths.map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')]))
const manifest: Manifest = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

test('nothing goes against the architecture', () => {
  expect(violations(sources, manifest)).toEqual([])
})

test('nothing is out of shape', () => {
  expect(misshapen(sources)).toEqual([])
})

test('no import escapes: a real bundler finds none that was not found here', async () => {
  // One bundle of all: one a file would write the same modules hundreds of times.
  const contents = paths.map((path) => `import './${path}'\n`).join('')
  const { metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  const { '<stdin>': _, ...inputs } = metafile.inputs
  const missed = Object.entries(inputs).flatMap(([path, { imports }]) => {
    const found = new Set(importsOf(sources.get(path) ?? '').map(({ from }) => from))
    return imports.filter(({ original, path: to }) => !found.has(original ?? to)).map((it) => [path, it.path])
  })
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(paths))
  expect(missed).toEqual([])
})

test('nothing that can be bundled knows the way to the local clock', () => {
  const knowing = globSync('{functions,shared,infra}/**/*.*', { cwd: root })
    .filter((path) => readFileSync(`${root}/${path}`, 'utf8').includes('local/clock'))
    .map((path) => path.replace(/[^/]+$/, ''))
  expect([...new Set(knowing)]).toEqual(['infra/local/'])
})

describe('the checker goes red', () => {
  const declared: Manifest = {
    dependencies: { hono: '1', jose: '1', valibot: '1', '@aws-sdk/client-dynamodb': '1' },
    devDependencies: { vitest: '1', '@types/aws-lambda': '1', esbuild: '1' },
  }
  const check = (files: Record<string, string>) => violations(new Map(Object.entries(files)), declared)

  const rows = `
shared/domain/values/a.ts: import type { B } from '../../table/b.ts' → imports shared/table/b.ts
shared/domain/values/a.ts: import { b } from '../entities/b.ts' → imports shared/domain/entities/b.ts
shared/domain/values/a.ts: import { createHash } from 'crypto' → imports crypto
shared/table/a.ts: export * from '../directory/users/b.ts' → imports shared/directory/users/b.ts
shared/directory/grants/a.ts: import '../users/b.ts' → imports shared/directory/users/b.ts
shared/http/a.ts: const b = await import('../../functions/api/app.ts') → imports functions/api/app.ts
functions/api/users/a.ts: import { b } from '../projects/b.ts' → imports functions/api/projects/b.ts
functions/api/a.ts: import { b } from '../webhooks/b.ts' → imports functions/webhooks/b.ts
infra/stack.ts: import { b } from '../shared/table/keys.ts' → imports shared/table/keys.ts
test/oracle/a.ts: type B = import('../../shared/domain/b.ts').B → imports shared/domain/b.ts
shared/new/a.ts: import { b } from './b.ts' → has no row in the table of arrows
shared/directory/users/a.ts: import { handle } from 'hono/aws-lambda' → takes handle from hono
functions/api/a.ts: import { GetItemCommand } from '@aws-sdk/client-dynamodb' → takes GetItemCommand from @aws-sdk/client-dynamodb
functions/api/a.ts: import { jwtVerify } from 'jose/jwt/verify' → takes jwtVerify from jose
shared/http/a.ts: import { createHash, createHmac as mac } from 'node:crypto' → takes createHmac from node:crypto
shared/http/a.ts: import crypto from 'node:crypto' → takes * from node:crypto
shared/http/a.ts: const { sign } = process.getBuiltinModule('crypto') → takes * from node:crypto
shared/http/a.ts: const key = await crypto.subtle.importKey() → says subtle
shared/http/a.ts: const b = await import(name) → takes * from (computed)
functions/api/a.ts: const { TABLE_NAME } = process.env → says process.env
functions/api/a.ts: const { env } = process → says = process
functions/api/a.ts: import { env } from 'node:process' → takes env from node:process
shared/table/a.ts: console.log('here') → says console.
functions/api/a.ts: import { build } from 'esbuild' → imports esbuild, which is not among the dependencies
infra/local/a.ts: import { x } from '@scope/x/deep' → imports @scope/x, which is not among the declared packages`
  test.each([...rows.matchAll(/^(\S+): (.*) → (.*)$/gm)].map((row) => row.slice(1)))(
    '%s: %s → %s',
    (path = '', source, complaint) => {
      expect(check({ [path]: `${source}\n` })).toEqual([`${path} ${complaint}`])
    },
  )

  test.each<[string, Record<string, string>, string]>([
    [
      'a full folder',
      Object.fromEntries(Array.from({ length: 13 }, (_, place) => [`shared/table/a${place}.ts`, ''])),
      'shared/table/ has 13 files, more than 12',
    ],
    ['a long file', { 'infra/a.ts': '\n'.repeat(251) }, 'infra/a.ts has 251 lines, more than 250'],
    [
      'a name twice',
      { 'shared/a/b.ts': 'export const x = 1', 'shared/c/d.ts': 'export function x() {}' },
      'x is exported by shared/a/b.ts and shared/c/d.ts',
    ],
    [
      'what only tests import',
      { 'shared/a/b.ts': 'export const x = 1', 'test/a.test.ts': "import { x } from '../shared/a/b.ts'" },
      'x of shared/a/b.ts is imported by tests only',
    ],
    [
      'a circle of types',
      { 'infra/a.ts': "import type { B } from './b.ts'", 'infra/b.ts': "import type { A } from './a.ts'" },
      'infra/a.ts → infra/b.ts → infra/a.ts is a circle',
    ],
  ])('%s', (_, files, complaint) => {
    expect(misshapen(new Map(Object.entries(files)))).toEqual([complaint])
  })

  test('a bundle that reaches infra over others', () => {
    const found = check({
      'functions/api/handler.ts': "import { b } from '../../shared/http/b.ts'",
      'shared/http/b.ts': "import { c } from '../../infra/local/c.ts'",
    })
    expect(found).toContain('the bundle of functions/api/handler.ts reaches infra/local/c.ts')
  })

  test('and stays green where all is well', () => {
    const found = check({
      'functions/api/handler.ts':
        "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'\nimport { createApi } from './app.ts'\nexport const { TABLE_NAME } = process.env\n",
      'functions/api/app.ts':
        "// import { x } from '../../infra/x.ts'\n/* process.env */\nimport type { Event } from 'aws-lambda'\nimport { createHash } from 'node:crypto'\nimport {\n  type A,\n  b as c,\n} from '../../shared/table/b.ts'\n",
      'infra/constructs/table.ts': "import { indexes } from '../../shared/table/schema.ts'\n",
      'shared/table/b.ts': "export * as domain from '../domain/values/c.ts'\n",
      'shared/domain/values/c.ts': "import * as v from 'valibot'\n",
    })
    expect(found).toEqual([])
  })
})
