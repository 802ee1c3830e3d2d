import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { DomainError } from '../../../../shared/domain/values/errors.ts'
import { listOf } from '../../../../shared/domain/values/list.ts'
import { validate } from '../../../../shared/domain/values/validate.ts'

/** A list of at most three numbers, and how many values it has looked at. */
function counting() {
  let looked = 0
  const each = v.custom<number>((value) => {
    looked++
    return typeof value === 'number'
  }, 'must be a number')
  return { schema: listOf(each, 3), looked: () => looked }
}

function problemsOf(schema: v.GenericSchema, input: unknown): readonly unknown[] {
  try {
    validate(schema, input)
  } catch (error) {
    if (error instanceof DomainError) return error.errors
  }
  return []
}

const many = 'must have at most 3 entries'

describe('a list', () => {
  it('has the output of its values', () => {
    expect(v.parse(counting().schema, [1, 2, 3])).toEqual([1, 2, 3])
    expect(v.parse(counting().schema, [])).toEqual([])
    const upper = listOf(
      v.pipe(
        v.string(),
        v.transform((text) => text.toUpperCase()),
      ),
      2,
    )
    expect(v.parse(upper, ['a', 'b'])).toEqual(['A', 'B'])
  })

  it('that is too long is refused without a look at its values', () => {
    for (const values of [
      [1, 2, 3, 4],
      ['a', 'b', 'c', 'd'],
    ]) {
      const { schema, looked } = counting()
      expect(v.safeParse(schema, values).issues?.map(({ message }) => message)).toEqual([many])
      expect(looked()).toBe(0)
    }
  })

  it('names each value that does not fit, twenty at most', () => {
    const { schema } = counting()
    const { issues } = v.safeParse(schema, [1, 'a', 'b'])
    expect(issues?.map(({ path }) => path?.[0]?.key)).toEqual([1, 2])
    expect(problemsOf(listOf(v.number(), 100), Array(100).fill('x'))).toHaveLength(20)
  })

  it('is no object, text or nothing', () => {
    for (const value of [{}, { length: 1 }, 'abc', null, undefined, 7])
      expect(v.is(counting().schema, value)).toBe(false)
  })
})
