import { expect, test } from 'vitest'
import { isUnreachable, createCircuitBreaker } from '../../../../functions/openstack/run/circuit-breaker.ts'
import { KeystoneError, type KeystoneErrorCode } from '../../../../shared/openstack/transport/errors.ts'
import { stoppedClock } from '../../provisioning/clock.ts'

const refused = (code: KeystoneErrorCode = 'unreachable') => new KeystoneError(code, `it is ${code}`)

/** With the clock it goes by, and what it has logged. */
function watch(pauses: { firstPause?: number; longestPause?: number } = {}) {
  const clock = stoppedClock('2026-11-23T12:00:00Z')
  const lines: string[] = []
  const log = (level: string, message: string, fields = {}) =>
    void lines.push(`${level}: ${message} ${JSON.stringify(fields)}`)
  const reach = createCircuitBreaker({ now: clock.now, log, ...pauses })
  return {
    ...reach,
    lines,
    move: clock.move,
    /** Milliseconds until it is tried again. */
    pauseLeft() {
      let left = 0
      for (; reach.isOpen() && left < 120_000; left += 500) clock.move(500)
      return left
    },
  }
}

test('Keystone is tried at first, and not again at once after it was lost', () => {
  const reach = watch()
  expect(reach.isOpen()).toBe(false)
  reach.recordFailure(refused())
  expect(reach.isOpen()).toBe(true)
})

test('pauses between attempts double, up to the longest', () => {
  const reach = watch()
  const pauses = Array.from({ length: 8 }, () => {
    reach.recordFailure(refused())
    return reach.pauseLeft()
  })
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
})

test('pauses are as they are told', () => {
  const reach = watch({ firstPause: 500, longestPause: 1500 })
  const pauses = Array.from({ length: 4 }, () => {
    reach.recordFailure(refused())
    return reach.pauseLeft()
  })
  expect(pauses).toEqual([500, 1000, 1500, 1500])
})

test('after a thousand attempts there still is a pause', () => {
  const reach = watch()
  for (let attempt = 0; attempt < 1000; attempt++) {
    reach.move(60_000)
    reach.recordFailure(refused())
  }
  expect(reach.pauseLeft()).toBe(30_000)
})

test('several that are under way when it is lost are one attempt', () => {
  const reach = watch()
  for (let each = 0; each < 4; each++) reach.recordFailure(refused())
  expect(reach.pauseLeft()).toBe(1000)
})

test('once it is found it is tried at once, and pauses begin anew', () => {
  const reach = watch()
  for (let attempt = 0; attempt < 5; attempt++) {
    reach.recordFailure(refused())
    reach.pauseLeft()
  }
  reach.recordFailure(refused())
  reach.recordSuccess()
  expect(reach.isOpen()).toBe(false)
  reach.recordFailure(refused())
  expect(reach.pauseLeft()).toBe(1000)
})

test('one line tells that it was lost and one that it is back, however many attempts lie between', () => {
  const reach = watch()
  reach.recordSuccess()
  for (let attempt = 0; attempt < 5; attempt++) {
    reach.recordFailure(refused('timeout'))
    reach.pauseLeft()
  }
  reach.recordSuccess()
  reach.recordSuccess()
  expect(reach.lines).toEqual([
    `error: Keystone can't be reached {"code":"timeout","error":"it is timeout"}`,
    'warn: Keystone can be reached again {"attempts":5}',
  ])
})

test('the next outage is told again', () => {
  const reach = watch()
  for (let outage = 0; outage < 2; outage++) {
    reach.recordFailure(refused())
    reach.recordSuccess()
  }
  expect(reach.lines.map((line) => line.split(':')[0])).toEqual(['error', 'warn', 'error', 'warn'])
})

test('that we have closed the connection is no outage', () => {
  const reach = watch()
  reach.recordFailure(refused('closed'))
  expect([reach.isOpen(), reach.lines]).toEqual([false, []])
})

test.each<[KeystoneErrorCode, boolean]>([
  ['closed', true],
  ['configuration', true],
  ['unreachable', true],
  ['certificate', true],
  ['timeout', true],
  ['interrupted', true],
  ['broken-answer', true],
  ['unauthenticated', true],
  ['throttled', true],
  ['truncated', true],
  ['forbidden', false],
  ['not-found', false],
  ['conflict', false],
  ['refused', false],
  ['failed', false],
])('%s means that nothing can be asked: %s', (code, expected) => {
  expect(isUnreachable(refused(code))).toBe(expected)
})

test.each([502, 503, 504])('nor can anything while what stands before Keystone answers %i', (status) => {
  expect(isUnreachable(new KeystoneError('failed', 'no answer', { status }))).toBe(true)
})

test('a Keystone that fails with one thing may do another', () => {
  expect(isUnreachable(new KeystoneError('failed', 'it failed', { status: 500 }))).toBe(false)
})
