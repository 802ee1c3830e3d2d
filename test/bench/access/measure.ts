import { execFile } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { root } from '../../support/tally.ts'
import type { Job, Outcome } from './child.ts'

const run = promisify(execFile)
const entries = {
  ours: 'functions/access/handler.ts',
  reference: 'test/bench/access/reference/handler.ts',
  empty: 'test/bench/access/empty.ts',
  // Node would load what strips its types into the process that is measured.
  child: 'test/bench/access/child.ts',
  server: 'test/bench/peers/access-server.ts',
}
export type Variant = Exclude<keyof typeof entries, 'child' | 'server'>

export type Bundle = { path: string; bytes: number }

/** As `infra/constructs/node-function.ts` has it. */
export async function bundle(variant: keyof typeof entries, folder: string): Promise<Bundle> {
  const path = join(folder, `${variant}.mjs`)
  await build({
    entryPoints: [entries[variant]],
    absWorkingDir: root,
    outfile: path,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    // Some packages still ask for Node's modules in the old way.
    ...(variant === 'reference' && { banner: { js: requires } }),
    logLevel: 'error',
  })
  return { path, bytes: statSync(path).size }
}

const requires = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);"

/** Runs the job in a fresh process. */
export async function measure(child: string, job: Job, env: Record<string, string>): Promise<Outcome> {
  const [input, output] = [`${child}.job`, `${child}.outcome`]
  writeFileSync(input, JSON.stringify(job))
  await run(process.execPath, [child, input, output], { env, maxBuffer: 64 * 2 ** 20 })
  const outcome: Outcome = JSON.parse(readFileSync(output, 'utf8'))
  return outcome
}
