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
  const matching = [`"x",${etag}`, `"x" ,\t${etag} , "y"`, `, ,${etag},,`, `W/"x", ${etag}`, '*', ' * ']
  it.each([undefined, etag, ...matching])('passes: %s', (match) => {
    expect([change({ match }, there), read({ match })]).toEqual(['passes', 200])
  })

  it.each(['"x"', `W/${etag}`, '"ABC"', '"*"', '""', '"a,b"', '"\xe9"'])('is stale: %s', (match) => {
    expect([change({ match }, there), read({ match })]).toEqual(['stale', 'stale'])
  })

  it.each(misfits)('is no such header: %j', (header) => {
    for (const headers of [{ match: header }, { none: header }, { match: etag, none: header }]) {
      const outcomes = [change(headers, there), change(headers, there, true), read(headers)]
      expect(new Set(outcomes)).toEqual(new Set(['invalid-request']))
    }
  })

  it.each([
    ['it is required', undefined, there, 'precondition-required'],
    ['it is required', '*', there, 'precondition-required'],
    ['it is required', '"x"', there, 'stale'],
    ['it is required', etag, there, 'passes'],
    ['nothing is there yet', undefined, nothing, 'passes'],
    ['nothing is there yet', '*', nothing, 'stale'],
    ['nothing is there yet', etag, nothing, 'stale'],
    ['what is there has no ETag', '*', withoutEtag, 'passes'],
    ['what is there has no ETag', etag, withoutEtag, 'stale'],
  ])('where %s: %s', (where, match, current, result) => {
    expect(change({ match }, current, where === 'it is required')).toBe(result)
  })
})

describe('If-None-Match', () => {
  it.each([etag, `W/${etag}`, `"x",W/${etag} ,"y"`, '*', ' * '])('matches: %s', (none) => {
    expect([read({ none }), change({ none }, there)]).toEqual([304, 'stale'])
  })

  it.each([undefined, '"x"', 'W/"x"', '"ABC"', '"*"'])('does not match: %s', (none) => {
    expect([read({ none }), change({ none }, there)]).toEqual([200, 'passes'])
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
