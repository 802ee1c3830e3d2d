import * as v from 'valibot'

/** An object without other fields, which are refused by name. A list is none, not even an empty one. */
export function strictObject<T extends v.ObjectEntries>(entries: T): v.StrictObjectSchema<T, undefined> {
  const schema = v.strictObject(entries)
  return {
    ...schema,
    '~run'(dataset, config) {
      return schema['~run'](Array.isArray(dataset.value) ? { value: '[]' } : dataset, config)
    },
  }
}

/** What a PATCH sets: one of the fields at least. */
export function someOf<T extends v.ObjectEntries>(entries: T) {
  return v.pipe(strictObject(entries), v.minEntries(1, 'must have a field to change'))
}
