import { describe, expect, it } from 'vitest'
import { KeystoneError, type KeystoneErrorCode } from '../../../../shared/openstack/transport/errors.ts'
import {
  pauseBeforeRetry,
  retryAfterSeconds,
  withRetries,
} from '../../../../shared/openstack/transport/retry.ts'
import type { Method } from '../../../../shared/openstack/transport/transport.ts'

const failure = (code: KeystoneErrorCode, mayHaveHappened = true, seconds?: number) =>
  new KeystoneError(code, 'failed', { mayHaveHappened, retryAfterSeconds: seconds })
const pauseFor = (error: KeystoneError, method: Method = 'GET', attempt = 1, random = () => 0.5) =>
  pauseBeforeRetry(error, { method, attempt, random })
const ours = () => Promise.reject(new TypeError('ours'))

describe('a failed request', () => {
  const broken: KeystoneErrorCode[] = ['unreachable', 'timeout', 'interrupted', 'broken-answer']
  const passing = [...broken, 'throttled', 'failed'] as const
  const refused: KeystoneErrorCode[] = ['forbidden', 'not-found', 'conflict', 'refused']
  const lasting = [...refused, 'configuration', 'certificate', 'truncated', 'unauthenticated'] as const

  it.each(passing)('is made again after: %s', (code) => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const)
      expect(pauseFor(failure(code), method)).toBeGreaterThan(0)
  })

  it.each(passing)('is not made again after: %s, if it was a POST that may have worked', (code) => {
    expect(pauseFor(failure(code, true), 'POST')).toBeUndefined()
    expect(pauseFor(failure(code, false), 'POST')).toBeGreaterThan(0)
  })

  it.each(lasting)('is not made again after: %s', (code) => {
    expect(pauseFor(failure(code, false))).toBeUndefined()
  })

  it('waits longer each time, up to five seconds, half of it jitter', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => [
      pauseFor(failure('failed'), 'GET', attempt, () => 0),
      pauseFor(failure('failed'), 'GET', attempt, () => 1),
    ])
    expect(pauses).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000].map((pause) => [pause / 2, pause]))
  })

  it('waits at least as long as Retry-After, and fails where that is over ten seconds', () => {
    expect(pauseFor(failure('throttled', false, 3), 'POST')).toBe(3150)
    expect(pauseFor(failure('throttled', false, 10))).toBe(10_150)
    expect(pauseFor(failure('throttled', false, 11))).toBeUndefined()
  })

  it('is made as often as allowed, and throws its last error', async () => {
    let count = 0
    const retry = { attempts: 3, pause: () => Promise.resolve(), random: () => 0 }
    const make = async () => {
      throw new KeystoneError('failed', `failure ${++count}`)
    }
    await expect(withRetries('GET', retry, make)).rejects.toThrow('failure 3')
    await expect(withRetries('GET', retry, ours)).rejects.toThrow('ours')
  })
})

it.each([
  [undefined, undefined],
  ['120', 120],
  [' 0 ', 0],
  ['Mon, 23 Nov 2026 18:00:30 GMT', 30],
  ['Mon, 23 Nov 2026 17:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', 0],
])('Retry-After %j means %j seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, new Date('2026-11-23T18:00:00Z'))).toBe(seconds)
})
