import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { createDocument } from './document.ts'
import { documentedRoutes } from './documented.ts'

const root = join(import.meta.dirname, '../..')
const path = 'functions/api/openapi.json'
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')

/** Writes the document; with `--check` reports whether the written one is valid and up to date. */
async function main(args: readonly string[]): Promise<string | undefined> {
  const document = createDocument(documentedRoutes)
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  if (!valid) return `the document is not OpenAPI 3.1: ${JSON.stringify(errors, null, 2)}`
  const text = formatted(JSON.stringify(document, null, 2))
  if (!args.includes('--check')) writeFileSync(join(root, path), text)
  else if (text !== written()) return `${path} is not what the routes make: npm run openapi`
  return undefined
}

/** Returns the text as `biome format` leaves it. */
function formatted(text: string): string {
  const args = [biome, 'format', `--stdin-file-path=${path}`]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    input: text,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
  if (status !== 0) throw new Error(`biome cannot format the document: ${stderr}`)
  return stdout
}

function written(): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

const complaint = await main(process.argv.slice(2))
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 1
}
