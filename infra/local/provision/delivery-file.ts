import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { errorCode, PlainError } from '../plain-error.ts'

/** A line of the file: the webhook's id, and the body with the same bytes however often it is sent. */
export type FileDelivery = { id: string; body: string }

const Line = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/)),
  type: v.string(),
  timestamp: v.string(),
  data: v.looseObject({}),
})

/** Reads `{id, type, timestamp, data}` a line; empty lines don't count. @throws {PlainError} naming the first bad line */
export function readDeliveries(path: string): FileDelivery[] {
  return readLines(path).flatMap((line, index) =>
    line.trim() === '' ? [] : [parseLine(line, `${path}:${index + 1}`)],
  )
}

function parseLine(line: string, where: string): FileDelivery {
  const parsed = v.safeParse(Line, parseJson(line, where))
  if (!parsed.success) {
    const field = v.getDotPath(parsed.issues[0])
    throw new PlainError(`${where}: ${field ? `${field} is missing or doesn't fit` : 'not a JSON object'}`)
  }
  const { id, type, timestamp, data } = parsed.output
  return { id, body: JSON.stringify({ type, timestamp, data }) }
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new PlainError(`${where}: not JSON`)
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    throw new PlainError(`cannot read ${path}: ${errorCode(error)}`)
  }
}
