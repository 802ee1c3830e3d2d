import * as v from 'valibot'
import { mostProblems } from './errors.ts'

/**
 * A list of at most so many values. How many there are comes first: of a longer list no value is looked at, and of the
 * values' problems not more are gathered than can be answered.
 */
export function listOf<const T extends v.GenericSchema>(each: T, atMost: number) {
  const schema = v.array(each)
  const measuredFirst: typeof schema = {
    ...schema,
    '~run'(dataset, config) {
      const { value } = dataset
      // For `maxLength` to refuse.
      if (Array.isArray(value) && value.length > atMost) return { typed: true, value }
      const result = schema['~run'](dataset, config)
      result.issues?.splice(mostProblems)
      return result
    },
  }
  return v.pipe(measuredFirst, v.maxLength(atMost, `must have at most ${atMost} entries`))
}
