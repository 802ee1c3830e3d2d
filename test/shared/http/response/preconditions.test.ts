import { describe, expect, it } from 'vitest'
import {
  type Current,
  isNotModified,
  checkPreconditions,
} from '../../../../shared/http/response/preconditions.ts'

const etag = '"abc"'
const there: Current = { etag }
const withoutEtag: Current = {}
const nothing: Current = undefined
type Headers = { match?: string | undefined; none?: string | undefined }

const outcome = (work: () => unknown) => {
  try {
    return work()
  } catch (error) {
    return Reflect.get(Object(error), 'code')
  }
}
const conditions = ({ match, none }: Headers) => ({ ifMatch: match, ifNoneMatch: none })
const change = (headers: Headers, current: Current, required = false) =>
  outcome(() => {
    checkPreconditions(conditions(headers), current, { required })
    return 'passes'
  })
const read = (headers: Headers, current: Current = there, isWhole = true) =>
  outcome(() => (isNotModified(conditions(headers), current, { isWhole }) ? 304 : 200))

/** Headers that aren't lists of entity tags. */
const misfits = [
  ['"x", *', '*, "x"', '**', 'abc', '"abc', 'abc"', 'w/"abc"', 'W/ "abc"', 'W/abc', '"abc" "abc"'],
  ['"a b"', '"a\tb"', '"a\x7fb"', ',', ' , ,', '', ' '],
].flat()

describe('If-Match', () => {
  it.each([
    [undefined, 'passes'],
    [etag, 'passes'],
    [`"x",${etag}`, 'passes'],
    [`"x" ,\t${etag} , "y"`, 'passes'],
    [`, ,${etag},,`, 'passes'],
    [`W/"x", ${etag}`, 'passes'],
    ['*', 'passes'],
    [' * ', 'passes'],
    ['"x"', 'stale'],
    [`W/${etag}`, 'stale'],
    ['"ABC"', 'stale'],
    ['"*"', 'stale'],
    ['""', 'stale'],
    ['"a,b"', 'stale'],
    ['"\xe9"', 'stale'],
  ])('%s', (match, result) => {
    expect(change({ match }, there)).toBe(result)
    expect(read({ match })).toBe(result === 'passes' ? 200 : result)
  })

  it.each(misfits)('is no such header: %j', (header) => {
    for (const headers of [{ match: header }, { none: header }, { match: etag, none: header }]) {
      const outcomes = [change(headers, there), change(headers, there, true), read(headers)]
      expect(new Set(outcomes)).toEqual(new Set(['invalid-request']))
    }
  })

  it.each([
    [undefined, 'precondition-required'],
    ['*', 'precondition-required'],
    ['abc', 'invalid-request'],
    ['"x"', 'stale'],
    [etag, 'passes'],
  ])('where it is required: %s', (match, result) => {
    expect(change({ match }, there, true)).toBe(result)
  })

  it.each([
    [undefined, 'passes'],
    ['*', 'stale'],
    [etag, 'stale'],
  ])('where nothing is there yet: %s', (match, result) => {
    expect(change({ match }, nothing)).toBe(result)
  })

  it.each([
    ['*', 'passes'],
    [etag, 'stale'],
  ])('where what is there has no ETag: %s', (match, result) => {
    expect(change({ match }, withoutEtag)).toBe(result)
  })
})

describe('If-None-Match', () => {
  it.each([
    [undefined, 200],
    [etag, 304],
    [`W/${etag}`, 304],
    [`"x",W/${etag} ,"y"`, 304],
    ['*', 304],
    [' * ', 304],
    ['"x"', 200],
    ['W/"x"', 200],
    ['"ABC"', 200],
    ['"*"', 200],
  ])('%s', (none, status) => {
    expect(read({ none })).toBe(status)
    expect(change({ none }, there)).toBe(status === 304 ? 'stale' : 'passes')
  })

  it.each([
    ['*', nothing, 'passes'],
    [etag, nothing, 'passes'],
    ['*', withoutEtag, 'stale'],
    [etag, withoutEtag, 'passes'],
  ])('%s, of %j', (none, current, result) => {
    expect(change({ none }, current)).toBe(result)
  })

  it('never hides what the ETag does not cover', () => {
    expect(read({ none: etag }, there, false)).toBe(200)
    expect(read({ none: '*' }, there, false)).toBe(304)
  })
})

describe('both (RFC 9110, 13.2.2)', () => {
  it.each([
    [{ match: '"x"', none: etag }, 'stale', 'stale'],
    [{ match: '"x"', none: '"x"' }, 'stale', 'stale'],
    [{ match: etag, none: etag }, 304, 'stale'],
    [{ match: '*', none: '*' }, 304, 'stale'],
    [{ match: etag, none: '"x"' }, 200, 'passes'],
  ])('%j', (headers, reading, changing) => {
    expect(read(headers)).toBe(reading)
    expect(change(headers, there)).toBe(changing)
  })
})

it('long ones take no longer', () => {
  const start = performance.now()
  for (const header of [
    `${', '.repeat(4000)}x`,
    `${'"a", '.repeat(3000)}x`,
    `"a"${' \t'.repeat(8000)}x`,
    `${' '.repeat(16_000)}x`,
    `W/"${'a'.repeat(16_000)}`,
  ]) {
    expect(change({ match: header }, there)).toBe('invalid-request')
  }
  expect(performance.now() - start).toBeLessThan(200)
})
