import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { errorCode, CliError } from '../cli-error.ts'

/** A line of the file: the webhook's id, and the body, with the same bytes at every attempt. */
export type FileDelivery = { id: string; body: string }

const Line = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/)),
  type: v.string(),
  timestamp: v.string(),
  data: v.looseObject({}),
})

/** Reads `{id, type, timestamp, data}` from each line and skips empty ones. @throws {CliError} naming the first bad line */
export function readDeliveries(path: string): FileDelivery[] {
  return readLines(path).flatMap((line, index) =>
    line.trim() === '' ? [] : [parseLine(line, `${path}:${index + 1}`)],
  )
}

function parseLine(line: string, where: string): FileDelivery {
  const parsed = v.safeParse(Line, parseJson(line, where))
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0])
    throw new CliError(`${where}: ${field ? `${field} is missing or doesn't fit` : 'not a JSON object'}`)
  }
  const { id, type, timestamp, data } = parsed.output
  return { id, body: JSON.stringify({ type, timestamp, data }) }
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new CliError(`${where}: not JSON`)
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${errorCode(error)}`)
  }
}
