import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Duration, Stack } from 'aws-cdk-lib'
import { afterAll, expect, test } from 'vitest'
import { NodeFunction } from '../../infra/constructs/node-function.ts'
import { root } from '../support/tally.ts'

process.env.CDK_VALIDATION = 'false'

const output = mkdtempSync(join(tmpdir(), 'latchkey-bundle-'))
afterAll(() => rmSync(output, { recursive: true, force: true }))

test('the document lies beside the bundle of the API, where the handler reads it', () => {
  const app = new App({ outdir: output, context: { 'aws:cdk:bundling-stacks': ['**'] } })
  const stack = new Stack(app, 'Bundled')
  const api = new NodeFunction(stack, 'Api', { description: '', folder: 'api', timeout: Duration.seconds(1) })
  expect(api.node.id).toBe('Api')
  app.synth()
  const [asset = ''] = globSync('asset.*', { cwd: output })
  expect(readdirSync(join(output, asset)).toSorted()).toEqual(['index.mjs', 'index.mjs.map', 'openapi.json'])
  expect(readFileSync(join(output, asset, 'openapi.json'))).toEqual(
    readFileSync(join(root, 'functions/api/openapi.json')),
  )
  expect(readFileSync(join(output, asset, 'index.mjs'), 'utf8')).not.toContain('operationId')
})
