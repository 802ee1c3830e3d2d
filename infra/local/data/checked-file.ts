import * as v from 'valibot'
import { PlainError } from '../plain-error.ts'
import { readJson } from './private-files.ts'

/** The content of a JSON file as the schema takes it. @throws {PlainError} that names the file and what doesn't fit */
export function readChecked<S extends v.GenericSchema>(path: string, schema: S): v.InferOutput<S> {
  const content = readJson(path)
  if (content === undefined) throw new PlainError(`there is no ${path}`)
  const parsed = v.safeParse(schema, content)
  if (parsed.success) return parsed.output
  const where = v.getDotPath(parsed.issues[0])
  throw new PlainError(`${path} is damaged${where ? `: ${where} doesn't fit` : ''}`)
}
