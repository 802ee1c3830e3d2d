import type * as v from 'valibot'
import { mostProblems } from './errors.ts'

/** An object schema with the value it is applied to, and where that stands. */
export type AppliedObject = { path: readonly string[]; value: object; unknown: readonly string[] }

/**
 * The objects, by their schema, in a value that is being validated. valibot names only the first of an object's unknown
 * fields, and takes a list for an object; this finds the other names, and the lists.
 */
export function* objectsIn(
  schema: v.GenericSchema,
  value: unknown,
  path: readonly string[] = [],
): Generator<AppliedObject> {
  if (typeof value !== 'object' || value === null) return
  if (isWrapping(schema)) yield* objectsIn(schema.wrapped, value, path)
  if (isOfItems(schema) && Array.isArray(value)) {
    if (isTooLong(schema, value)) return
    for (const [place, item] of value.entries()) yield* objectsIn(schema.item, item, [...path, String(place)])
  }
  for (const later of laterIn(schema)) yield* objectsIn(later, value, path)
  if (!isOfEntries(schema)) return
  const { type, entries } = schema
  const isStrict = type === 'strict_object'
  if (isStrict || schema.takesNoList) {
    yield { path, value, unknown: isStrict ? unknownNames(value, entries) : [] }
  }
  if (Array.isArray(value)) return
  for (const [name, field] of Object.entries(value)) {
    const entry = Object.hasOwn(entries, name) ? entries[name] : undefined
    if (entry) yield* objectsIn(entry, field, [...path, name])
  }
}

/** Not more of them than can be answered: an object may have thousands. */
function unknownNames(value: object, entries: v.ObjectEntries): string[] {
  const names: string[] = []
  for (const name in value) {
    if (!Object.hasOwn(entries, name)) names.push(name)
    if (names.length === mostProblems) break
  }
  return names
}

type OfEntries = { entries: v.ObjectEntries; takesNoList?: true }
type OfItems = { item: v.GenericSchema }

const isWrapping = (schema: v.GenericSchema): schema is v.GenericSchema & { wrapped: v.GenericSchema } =>
  'wrapped' in schema
const isOfEntries = (schema: v.GenericSchema): schema is v.GenericSchema & OfEntries => 'entries' in schema
const isOfItems = (schema: v.GenericSchema): schema is v.GenericSchema & OfItems => 'item' in schema

/** No value of a list is looked at that is refused for its length. */
const isTooLong = (schema: object, list: readonly unknown[]): boolean =>
  partsOf(schema).some((part, place) =>
    part.type === 'max_length' ? list.length > (part.requirement ?? 0) : place === 0 && isTooLong(part, list),
  )

/** The schemas of a pipe after its first one, which are applied to the same value. */
const laterIn = (schema: object): v.GenericSchema[] =>
  partsOf(schema).flatMap((part, place) => (place === 0 ? laterIn(part) : isSchema(part) ? [part] : []))

/** An action, or a schema, which may be a pipe itself. */
type Part = { kind: string; type: string; requirement?: number }

const partsOf = (schema: { pipe?: readonly Part[] }): readonly Part[] => schema.pipe ?? []
const isSchema = (part: object): part is v.GenericSchema => 'kind' in part && part.kind === 'schema'
