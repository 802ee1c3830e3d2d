import * as v from 'valibot'

/** A list of at most `atMost` values. The length is checked first: the values of a longer list aren't validated. */
export function listOf<const T extends v.GenericSchema>(each: T, atMost: number) {
  return v.pipe(
    v.array(v.unknown()),
    v.maxLength(atMost, `must have at most ${atMost} entries`),
    v.array(each),
  )
}
