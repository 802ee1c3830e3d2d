import * as v from 'valibot'
import { DomainError } from './errors.ts'

/** The value as the schema makes it, or a refusal that names every field that doesn't fit. Values aren't repeated. */
export function validate<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  const errors = result.issues
    .slice(0, 20)
    .map((issue) => ({ pointer: pointerOf(issue.path), detail: detailOf(issue) }))
  const told = errors.map(({ pointer, detail }) => `${pointer === '' ? 'it' : pointer} ${detail}`).join('; ')
  throw new DomainError('invalid-request', told, errors)
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
  return (path ?? []).map(({ key }) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
