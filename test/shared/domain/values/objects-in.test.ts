import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { listOf } from '../../../../shared/domain/values/list.ts'
import { validate } from '../../../../shared/domain/values/validate.ts'

const Address = v.strictObject({ city: v.optional(v.string()) })
const Body = v.strictObject({ name: v.optional(v.string()), address: v.optional(Address) })
const Lists = v.strictObject({ addresses: listOf(Address, 2) })
const unknown = 'is not known here'

function errorsOf(schema: v.GenericSchema, input: unknown): Record<string, string> {
  try {
    validate(schema, input)
  } catch (error) {
    const { errors } = error as { errors: { pointer: string; detail: string }[] }
    return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]))
  }
  return {}
}

describe('an object without other fields', () => {
  it('is validated with each unknown field, also in nested objects and in lists', () => {
    expect(errorsOf(Body, { a: 1, address: { b: 1, city: 'Leiden', c: 1 }, d: 1 })).toEqual({
      '/address/b': unknown,
      '/address/c': unknown,
      '/a': unknown,
      '/d': unknown,
    })
    expect(errorsOf(Lists, { addresses: [{}, { a: 1, b: 1 }] })).toEqual({
      '/addresses/1/a': unknown,
      '/addresses/1/b': unknown,
    })
  })

  it('is no list, not even an empty one', () => {
    for (const list of [[], [1], [{ city: 'Leiden' }]]) {
      expect(errorsOf(Body, list)).toEqual({ '': 'must be an object' })
      expect(errorsOf(Body, { address: list, fax: 1 })).toEqual({
        '/address': 'must be an object',
        '/fax': unknown,
      })
      expect(errorsOf(Lists, { addresses: [{}, list] })).toEqual({ '/addresses/1': 'must be an object' })
    }
  })

  it('has twenty problems at most', () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, place) => [`f${place}`, 1]))
    expect(Object.keys(errorsOf(Body, { ...many, address: many }))).toHaveLength(20)
  })
})

it('no item of a list that is too long is looked at', () => {
  const checked = v.strictObject({
    addresses: v.pipe(
      listOf(Address, 2),
      v.minLength(1),
      v.check(() => true),
    ),
  })
  for (const schema of [Lists, checked]) {
    expect(errorsOf(schema, { addresses: [[], { a: 1 }, {}] })).toEqual({
      '/addresses': 'must have at most 2 entries',
    })
  }
})
