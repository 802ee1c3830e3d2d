import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { root } from '../../support/tally.ts'

/** Bytes, minified, with the schema library. */
const most = 80_000

const { metafile } = await build({
  entryPoints: ['functions/access/handler.ts'],
  absWorkingDir: root,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  outfile: 'unwritten.mjs',
  logLevel: 'error',
})

test(`the bundle has at most ${most} bytes`, () => {
  expect(metafile.outputs['unwritten.mjs']?.bytes).toBeLessThanOrEqual(most)
})

test('it has what a decision needs and nothing else', () => {
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  )
  expect([...new Set(packages)].toSorted()).toEqual(['jose', 'valibot'])
  const written = Object.keys(metafile.inputs).filter((path) =>
    /transact|commit|change-plan|functions\/api/.test(path),
  )
  expect(written).toEqual([])
})

test('no module of Node is imported, which would load all that it can do', () => {
  const imports = Object.values(metafile.outputs['unwritten.mjs']?.imports ?? {}).map(({ path }) => path)
  expect(imports).toEqual([])
})
