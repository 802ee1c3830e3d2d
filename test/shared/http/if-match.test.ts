import { describe, expect, it } from 'vitest'
import { checkIfMatch } from '../../../shared/http/if-match.ts'

const etag = '"abc"'
const check = (header: string | undefined, current: string | undefined, required = false) => {
  try {
    checkIfMatch(header, current, { required })
    return 'passes'
  } catch (error) {
    return Reflect.get(Object(error), 'code')
  }
}

describe('If-Match', () => {
  it.each([
    [undefined, 'passes'],
    [etag, 'passes'],
    [`"x",${etag}`, 'passes'],
    [`"x" ,\t${etag} , "y"`, 'passes'],
    [`, ,${etag},,`, 'passes'],
    ['*', 'passes'],
    ['"x"', 'stale'],
    [`W/${etag}`, 'stale'],
    ['"ABC"', 'stale'],
    ['"x", *', 'invalid-request'],
    ['abc', 'invalid-request'],
    ['"abc', 'invalid-request'],
    ['w/"abc"', 'invalid-request'],
    [`${etag} ${etag}`, 'invalid-request'],
    ['"a b"', 'invalid-request'],
    [',', 'invalid-request'],
    ['', 'invalid-request'],
  ])('%s', (header, outcome) => {
    expect(check(header, etag)).toBe(outcome)
  })

  it.each([
    [undefined, 'precondition-required'],
    ['*', 'precondition-required'],
    ['abc', 'invalid-request'],
    ['"x"', 'stale'],
    [etag, 'passes'],
  ])('where it is required: %s', (header, outcome) => {
    expect(check(header, etag, true)).toBe(outcome)
  })

  it.each([
    [undefined, 'passes'],
    ['*', 'stale'],
    [etag, 'stale'],
  ])('where nothing is there yet: %s', (header, outcome) => {
    expect(check(header, undefined)).toBe(outcome)
  })

  it('takes no longer for long ones', () => {
    const start = performance.now()
    expect(check(`${', '.repeat(4000)}x`, etag)).toBe('invalid-request')
    expect(performance.now() - start).toBeLessThan(200)
  })
})
