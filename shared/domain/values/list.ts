import * as v from 'valibot'
import { mostProblems } from './errors.ts'

/**
 * A list of at most `atMost` values. The length is checked first: the values of a longer list aren't validated, and
 * no more problems are gathered than can be returned.
 */
export function listOf<const T extends v.GenericSchema>(each: T, atMost: number) {
  const schema = v.array(each)
  const measuredFirst: typeof schema = {
    ...schema,
    '~run'(dataset, config) {
      const { value } = dataset
      // `maxLength` rejects it.
      if (Array.isArray(value) && value.length > atMost) return { typed: true, value }
      const result = schema['~run'](dataset, config)
      result.issues?.splice(mostProblems)
      return result
    },
  }
  return v.pipe(measuredFirst, v.maxLength(atMost, `must have at most ${atMost} entries`))
}
