import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { JWK } from 'jose'
import * as v from 'valibot'
import { verifyReport } from '../../../shared/reviews/report/verify-report.ts'
import { resolveArgument } from '../client/resolve-argument.ts'
import { runCommand } from '../client/local-service.ts'
import { describeVerification } from '../client/describe-verification.ts'
import { readReportKeys } from '../data/data-folder.ts'
import { readJson } from '../data/private-files.ts'
import { findDataFolder } from '../data/run-folder.ts'
import { errorCode, CliError } from '../cli-error.ts'
import { readSettings } from '../settings.ts'

const usage = 'usage: npm run --silent verify-report -- FILE [--keys FILE]'
const KeySet = v.object({ keys: v.array(v.custom<JWK>((key) => typeof key === 'object' && key !== null)) })

await runCommand(async () => {
  const { file, keys } = readArguments()
  const trusted = keys === undefined ? ownKeys() : readKeySet(resolveArgument(keys, process.env))
  const verdict = await verifyReport(readBytes(resolveArgument(file, process.env)), { keys: trusted })
  process.stdout.write(`${file}: ${describeVerification(verdict)}\n`)
  if (!verdict.ok) process.exitCode = 1
})

/** The keys of the service on `PORT`, or of the folder that a start would use. */
function ownKeys(): JWK[] {
  const { home, port, dataFolder } = readSettings(process.env)
  const folder = findDataFolder(home, port) ?? dataFolder
  if (folder === undefined) throw new CliError('there are no keys here to trust: name a file with --keys')
  return readReportKeys(folder)
}

function readKeySet(path: string): JWK[] {
  const content = readJson(path)
  if (content === undefined) throw new CliError(`there is no ${path}`)
  const parsed = v.safeParse(KeySet, content)
  if (!parsed.success) throw new CliError(`${path} is no set of keys: a JSON object with "keys" (RFC 7517)`)
  return parsed.output.keys
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${errorCode(error)}`)
  }
}

function readArguments(): { file: string; keys: string | undefined } {
  const { values, positionals } = parse()
  const [file, ...rest] = positionals
  if (!file || rest.length > 0) throw new CliError(usage)
  return { file, keys: values.keys }
}

function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: { keys: { type: 'string' } } })
  } catch {
    throw new CliError(usage)
  }
}
