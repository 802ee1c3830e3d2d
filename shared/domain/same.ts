import { isDeepStrictEqual } from 'node:util'

/** True for equal JSON: a field that is `undefined` is none, and fields stand in any order. */
export const isSameJson = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(asJson(one), asJson(other))

/** True for the same members in any order; neither names one twice. */
export const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((member) => other.includes(member))

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))
