import { describe, expect, it } from 'vitest'
import { errorTrace } from '../../../shared/runtime/error-trace.ts'

describe('the trace of an error', () => {
  it('has the name, the system code and the cause’s, and frames', () => {
    const cause = Object.assign(new Error('connect 10.0.0.1:8000'), { code: 'ECONNREFUSED' })
    const trace = errorTrace(new TypeError('fetch failed', { cause }))
    expect(trace).toMatch(/^TypeError \(cause Error ECONNREFUSED\)\n {4}at /)
    expect(trace.split('\n').length).toBeLessThanOrEqual(11)
    expect(trace).not.toMatch(/fetch failed|10\.0\.0\.1/)
  })

  it('has ten frames at most', () => {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 100
    const deep = (depth: number): Error => (depth === 0 ? new Error('deep') : deep(depth - 1))
    const trace = errorTrace(deep(50))
    Error.stackTraceLimit = limit
    expect(trace.split('\n')).toHaveLength(11)
  })

  it('takes no code that is not a system’s', () => {
    expect(errorTrace(Object.assign(new Error('x'), { code: 'ada@example.com' }))).not.toContain('ada')
    expect(errorTrace(Object.assign(new Error('x'), { code: { A: 1 } }))).toMatch(/^Error\n/)
  })

  it('names only the kind of a thrown value that isn’t an error', () => {
    expect(errorTrace('ada@example.com')).toBe('a thrown string')
    expect(errorTrace(undefined)).toBe('a thrown undefined')
  })

  it('does without a stack', () => {
    const error = new Error('ada@example.com')
    delete error.stack
    expect(errorTrace(error)).toBe('Error')
  })
})
