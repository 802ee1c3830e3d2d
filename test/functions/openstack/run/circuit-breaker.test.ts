import { expect, test } from 'vitest'
import { isUnreachable, createCircuitBreaker } from '../../../../functions/openstack/run/circuit-breaker.ts'
import { KeystoneError, type KeystoneErrorCode } from '../../../../shared/openstack/transport/errors.ts'
import { stoppedClock } from '../../provisioning/clock.ts'

const refused = (code: KeystoneErrorCode = 'unreachable') => new KeystoneError(code, `it is ${code}`)

/** A breaker with its clock and its log. */
function startBreaker(pauses: { firstPause?: number; longestPause?: number } = {}) {
  const clock = stoppedClock('2026-11-23T12:00:00Z')
  const lines: string[] = []
  const log = (level: string, message: string, fields = {}) =>
    void lines.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const breaker = createCircuitBreaker({ now: clock.now, log, ...pauses })
  return {
    ...breaker,
    lines,
    move: clock.move,
    /** Milliseconds until the next attempt. */
    pauseLeft() {
      let left = 0
      for (; breaker.isOpen() && left < 120_000; left += 500) clock.move(500)
      return left
    },
  }
}

test('Keystone is tried at first, and not at once after a failure', () => {
  const breaker = startBreaker()
  expect(breaker.isOpen()).toBe(false)
  breaker.recordFailure(refused())
  expect(breaker.isOpen()).toBe(true)
})

test.each([
  [{}, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]],
  [{ firstPause: 500, longestPause: 1500 }, [500, 1000, 1500, 1500]],
])('pauses between attempts double, up to the longest: with %j %j', (configured, expected) => {
  const breaker = startBreaker(configured)
  const pauses = expected.map(() => {
    breaker.recordFailure(refused())
    return breaker.pauseLeft()
  })
  expect(pauses).toEqual(expected)
})

test('after a thousand attempts there still is a pause', () => {
  const breaker = startBreaker()
  for (let attempt = 0; attempt < 1000; attempt++) {
    breaker.move(60_000)
    breaker.recordFailure(refused())
  }
  expect(breaker.pauseLeft()).toBe(30_000)
})

test('concurrent failures are one attempt', () => {
  const breaker = startBreaker()
  for (let each = 0; each < 4; each++) breaker.recordFailure(refused())
  expect(breaker.pauseLeft()).toBe(1000)
})

test('after a success it is tried at once, and pauses begin anew', () => {
  const breaker = startBreaker()
  for (let attempt = 0; attempt < 5; attempt++) {
    breaker.recordFailure(refused())
    breaker.pauseLeft()
  }
  breaker.recordFailure(refused())
  breaker.recordSuccess()
  expect(breaker.isOpen()).toBe(false)
  breaker.recordFailure(refused())
  expect(breaker.pauseLeft()).toBe(1000)
})

test('one line is logged for the failure and one for the recovery, however many attempts lie between', () => {
  const breaker = startBreaker()
  breaker.recordSuccess()
  for (let attempt = 0; attempt < 5; attempt++) {
    breaker.recordFailure(refused('timeout'))
    breaker.pauseLeft()
  }
  breaker.recordSuccess()
  breaker.recordSuccess()
  expect(breaker.lines).toEqual([
    `error: Keystone can't be reached {"code":"timeout","error":"it is timeout"}`,
    'warn: Keystone can be reached again {"attempts":5}',
  ])
})

test('the next outage is logged again', () => {
  const breaker = startBreaker()
  for (let outage = 0; outage < 2; outage++) {
    breaker.recordFailure(refused())
    breaker.recordSuccess()
  }
  expect(breaker.lines.map((line) => line.split(':')[0])).toEqual(['error', 'warn', 'error', 'warn'])
})

test('a connection that we closed is no outage', () => {
  const breaker = startBreaker()
  breaker.recordFailure(refused('closed'))
  expect([breaker.isOpen(), breaker.lines]).toEqual([false, []])
})

const unreached: KeystoneErrorCode[] = [
  'unreachable',
  'certificate',
  'timeout',
  'interrupted',
  'broken-answer',
]
const unusable: KeystoneErrorCode[] = ['closed', 'configuration', 'unauthenticated', 'throttled', 'truncated']
const failed = (status: number) => new KeystoneError('failed', 'it failed', { status })
const answered: KeystoneErrorCode[] = ['forbidden', 'not-found', 'conflict', 'refused', 'failed']

test('Keystone is unreachable after the errors without its answer, and those of a proxy in front of it', () => {
  expect([...unreached, ...unusable].filter((code) => !isUnreachable(refused(code)))).toEqual([])
  expect(answered.filter((code) => isUnreachable(refused(code)))).toEqual([])
  expect([500, 502, 503, 504].filter((status) => isUnreachable(failed(status)))).toEqual([502, 503, 504])
})
