import * as v from 'valibot'
import { excerpt, mostProblems, fieldsError } from './errors.ts'

/**
 * Returns the value as the schema transforms it. Throws `invalid-request` with the first problem of each field;
 * values aren't repeated.
 */
export function validate<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true })
  if (result.success) return result.output
  const issues = result.issues.slice(0, mostProblems)
  throw fieldsError(
    'invalid-request',
    issues.map((issue) => ({ pointer: pointerOf(issue.path), detail: detailOf(issue) })),
  )
}

/** valibot's own messages repeat what was received; ours don't. */
function detailOf(issue: v.BaseIssue<unknown>): string {
  if (issue.received === 'undefined') return 'is missing'
  if (issue.expected === 'never') return 'is not known here'
  if (issue.message.startsWith('Invalid ')) return `must be ${readable(issue.expected)}`
  return issue.message
}

const readable = (expected: string | null) =>
  ({
    string: 'a string',
    Object: 'an object',
    Array: 'a list',
    boolean: 'true or false',
    number: 'a number',
  })[expected ?? ''] ?? 'something else'

/** RFC 6901. */
function pointerOf(path: v.BaseIssue<unknown>['path']): string {
  const names = (path ?? []).map(({ key }) => excerpt(String(key)))
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
