import * as v from 'valibot'
import { fieldsError, excerpt, type FieldError, mostProblems } from './errors.ts'
import { type AppliedObject, objectsIn } from './objects-in.ts'

/**
 * Returns the value as the schema makes it. Throws `invalid-request` with the fields that don't fit, the first problem of
 * each, and every unknown field of a strict object. Values aren't repeated.
 */
export function validate<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true })
  const objects = [...objectsIn(schema, input)]
  const lists = objects
    .filter(({ value }) => Array.isArray(value))
    .map(({ path }) => ({ pointer: pointerOf(path), detail: 'must be an object' }))
  if (result.success && lists.length === 0) return result.output
  const issues = result.issues?.slice(0, mostProblems) ?? []
  const others = issues
    .flatMap((issue) => problemsOf(issue, objects))
    .filter(({ pointer }) => !lists.some((list) => `${pointer}/`.startsWith(`${list.pointer}/`)))
  throw fieldsError('invalid-request', [...lists, ...others])
}

/** One; of an unknown field, one for each that its object has. */
function problemsOf(issue: v.BaseIssue<unknown>, objects: readonly AppliedObject[]): FieldError[] {
  const path = (issue.path ?? []).map(({ key }) => String(key))
  const detail = detailOf(issue)
  if (issue.expected !== 'never') return [{ pointer: pointerOf(path), detail }]
  const parent = path.slice(0, -1)
  const names =
    objects.find((object) => pointerOf(object.path) === pointerOf(parent))?.unknown ?? path.slice(-1)
  return names.map((name) => ({ pointer: pointerOf([...parent, name]), detail }))
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

/** A JSON Pointer (RFC 6901). */
function pointerOf(path: readonly string[]): string {
  return path.map((name) => `/${excerpt(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
