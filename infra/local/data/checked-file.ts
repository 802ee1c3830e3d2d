import * as v from 'valibot'
import { CliError } from '../cli-error.ts'
import { readJson } from './private-files.ts'

/** Parses a JSON file by the schema. @throws {CliError} that names the file and the invalid part */
export function readChecked<S extends v.GenericSchema>(path: string, schema: S): v.InferOutput<S> {
  const content = readJson(path)
  if (content === undefined) throw new CliError(`there is no ${path}`)
  const parsed = v.safeParse(schema, content)
  if (parsed.success) return parsed.output
  const where = v.getDotPath(parsed.issues[0])
  throw new CliError(`${path} is damaged${where ? `: ${where} doesn't fit` : ''}`)
}
