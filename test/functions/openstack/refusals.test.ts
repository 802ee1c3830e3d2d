import { expect, test } from 'vitest'
import {
  pauseUntilNext,
  pauseUntilReached,
  tellFailure,
  tellObstacle,
} from '../../../functions/openstack/refusals.ts'
import { connectionError } from '../../../shared/openstack/connection-error.ts'
import type { KeystoneErrorCode } from '../../../shared/openstack/errors.ts'
import { KeystoneError } from '../../../shared/openstack/errors.ts'

const unreachable = 'OpenStack cannot be reached at the moment'

test.each<[KeystoneErrorCode, string]>([
  ['unreachable', "https://10.0.0.7:5000 can't be reached (ECONNREFUSED)"],
  ['certificate', "the certificate of https://keystone.internal can't be trusted: unknown CA"],
  ['timeout', 'https://keystone.internal did not answer in time'],
  ['interrupted', 'https://10.0.0.7:5000 broke the connection (ECONNRESET)'],
  ['broken-answer', 'no Keystone answers there: 302 to https://login.internal with text/html'],
  ['unauthenticated', 'Keystone refuses (401): Could not find user: latchkey-service'],
  ['configuration', 'OS_PASSWORD is missing'],
  ['throttled', 'Keystone has too much to do (429): at 10.0.0.7'],
  ['closed', 'the connection to https://keystone.internal was closed'],
])('that it is %s tells neither where Keystone is nor who we are there', (code, message) => {
  expect(tellFailure(new KeystoneError(code, message))).toBe(unreachable)
})

test('a connection that fails tells no address', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5000'), { code: 'ECONNREFUSED' })
  const told = tellFailure(connectionError(error, new URL('https://keystone.internal:5000/v3'), false))
  expect(told).not.toMatch(/10\.0\.0\.7|internal|5000/)
})

test.each<[KeystoneErrorCode, string]>([
  ['forbidden', 'Keystone refuses (403): You are not authorized to perform the requested action'],
  ['conflict', 'Keystone refuses (409): Conflict occurred attempting to store project'],
  ['refused', 'Keystone refuses (400): Invalid input'],
])(
  'what Keystone refuses as %s is not told in its words, which may be about its configuration',
  (code, message) => {
    const told = tellFailure(new KeystoneError(code, message))
    expect(told).toContain('OpenStack')
    expect(told).not.toMatch(/\d{3}|Keystone|request|store|input/)
  },
)

test.each(['project', 'user'] as const)('a name that another %s has is told with whose it is', (what) => {
  expect(tellObstacle({ what, name: 'BGE000081_web', holderId: 'k9' })).toBe(
    `the name "BGE000081_web" is taken by another ${what} (k9)`,
  )
})

const numbers = [0, 1, 2, 3, 20, 1000]

test('pauses after refusals grow from five seconds to an hour', () => {
  expect(numbers.map(pauseUntilNext)).toEqual([5000, 10_000, 20_000, 40_000, 3_600_000, 3_600_000])
})

test('while Keystone is not reached, nobody waits longer than half a minute', () => {
  expect(numbers.map(pauseUntilReached)).toEqual([5000, 10_000, 20_000, 30_000, 30_000, 30_000])
})
