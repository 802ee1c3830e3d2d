import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { root } from '../../support/tally.ts'

/** Bytes, minified, with the schema library: of evaluations alone, and with search and explanations. */
const most = { evaluations: 82_000, all: 100_000 }
const besides =
  /^(functions\/access\/(search\/|decisions\/explain)|shared\/directory\/search\/|shared\/auth\/cursor|shared\/domain\/access\/(search|explain)\/)/

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

test(`the bundle has at most ${most.all} bytes, and ${most.evaluations} without search and explanations`, () => {
  const { bytes = 0, inputs = {} } = metafile.outputs['unwritten.mjs'] ?? {}
  const others = Object.entries(inputs).filter(([path]) => besides.test(path))
  expect(others.length).toBeGreaterThan(8)
  expect(bytes).toBeLessThanOrEqual(most.all)
  const size = others.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)
  expect(bytes - size).toBeLessThanOrEqual(most.evaluations)
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
