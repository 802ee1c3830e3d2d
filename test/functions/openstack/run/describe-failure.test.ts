import { describe, expect, it, test } from 'vitest'
import {
  logFailure,
  logObstacle,
  obstacleIn,
  describeFailure,
  describeObstacle,
} from '../../../../functions/openstack/run/describe-failure.ts'
import { retryPause, retryPauseWhileUnreachable } from '../../../../functions/openstack/run/retry-pause.ts'
import { connectionError } from '../../../../shared/openstack/transport/connection-error.ts'
import {
  type NameHolder,
  KeystoneError,
  type KeystoneErrorCode,
  NameTakenError,
  UnstorableError,
} from '../../../../shared/openstack/transport/errors.ts'

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
  expect(describeFailure(new KeystoneError(code, message))).toBe(unreachable)
})

test('the text of a failed connection has no address', () => {
  const error = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5000'), { code: 'ECONNREFUSED' })
  const text = describeFailure(connectionError(error, new URL('https://keystone.internal:5000/v3'), false))
  expect(text).not.toMatch(/10\.0\.0\.7|internal|5000/)
})

test.each<[KeystoneErrorCode, string]>([
  ['forbidden', 'Keystone refuses (403): You are not authorized to perform the requested action'],
  ['conflict', 'Keystone refuses (409): Conflict occurred attempting to store project'],
  ['refused', 'Keystone refuses (400): Invalid input'],
])(
  'what Keystone refuses as %s is not described by its message, which may be about its configuration',
  (code, message) => {
    const text = describeFailure(new KeystoneError(code, message))
    expect(text).toContain('OpenStack')
    expect(text).not.toMatch(/\d{3}|Keystone|request|store|input/)
  },
)

const byTag = (customerId: string, projectId: string) => ['latchkey', `latchkey:${customerId}:${projectId}`]
const refused = new KeystoneError('conflict', 'Keystone refuses (409): Conflict', { status: 409 })
const textsOf = (error: KeystoneError) => {
  const obstacle = obstacleIn(error, 'BGE000081')
  return obstacle && { text: describeObstacle(obstacle), logged: logObstacle(obstacle) }
}

describe('a name that is taken in Keystone', () => {
  const asksFor = 'rename this project, or have the other one renamed'
  const another = `is taken by another project in OpenStack: ${asksFor}`
  const alike = 'which OpenStack does not tell apart'
  const ofThis = `is taken by the project "café", ${alike}: rename one of them`
  const withName = `is taken by another project in OpenStack, "BGE000081_CAFÉ", ${alike}: ${asksFor}`
  const [ours, theirs] = [byTag('BGE000081', 'prj_2'), byTag('bge000081', 'prj_2')]
  it.each<[string, Partial<NameHolder>, string]>([
    ['of this customer has that project’s name', { name: 'BGE000081_café', tags: ours }, ofThis],
    ['that is not ours has the holder’s, if like one of this customer', { name: 'BGE000081_CAFÉ' }, withName],
    ['not ours and exactly the same has it once', { name: 'BGE000081_cafe', tags: ['theirs'] }, another],
    ['of another customer is taken and no more', { name: 'bge000081_café', tags: theirs }, another],
    [
      'of another customer, named after this one by hand, too',
      { name: 'BGE000081_café', tags: theirs },
      another,
    ],
    ['like another customer’s is taken and no more', { name: 'bge000081_CAFE' }, another],
  ])('%s', (_, holder, text) => {
    const name = 'BGE000081_cafe'
    const taken = { what: 'project', name, holder: { id: 'k9', name, ...holder } } as const
    expect(textsOf(new NameTakenError(taken, refused))).toEqual({
      text: `the name "${name}" ${text}`,
      logged: 'the name of a project is taken by another project (k9)',
    })
  })

  it('and is a user’s names no address in the log', () => {
    const [name, holder] = ['BGE000081_ann@a.example', { id: 'k9', name: 'BGE000081_Ann@a.example' }]
    const mend = "change the user's e-mail address, or have the other one renamed"
    const other = `, "${holder.name}", which OpenStack does not tell apart`
    expect(textsOf(new NameTakenError({ what: 'user', name, holder }, refused))).toEqual({
      text: `the name "${name}" is taken by another user in OpenStack${other}: ${mend}`,
      logged: 'the name of a user is taken by another user (k9)',
    })
  })

  it('and is a role’s is the operator’s affair', () => {
    const taken = new NameTakenError({ what: 'role', name: 'x', holder: { id: 'k9', name: 'X' } }, refused)
    expect(textsOf(taken)).toBeUndefined()
    expect(describeFailure(taken)).toBe(
      'OpenStack takes another role for "x", which is needed: have the other one renamed',
    )
    expect(logFailure(taken)).toBe('the name "x" is taken by another role (k9)')
    expect(taken.message).not.toContain('k9')
  })
})

test.each(['name', 'description'] as const)('a character that a %s cannot have is described', (field) => {
  const failed = new KeystoneError('failed', 'Keystone failed (500)', { status: 500 })
  expect(textsOf(new UnstorableError({ field, character: '💥' }, failed))).toEqual({
    text: `OpenStack does not keep the character "💥" (U+1F4A5) of the project's ${field}: give it a ${field} without it`,
    logged: `Keystone does not keep U+1F4A5 in a project's ${field}`,
  })
})

const numbers = [0, 1, 2, 3, 20, 1000]

test('pauses after refusals grow from five seconds to an hour', () => {
  expect(numbers.map(retryPause)).toEqual([5000, 10_000, 20_000, 40_000, 3_600_000, 3_600_000])
})

test('while Keystone is unreachable, no project waits longer than half a minute', () => {
  expect(numbers.map(retryPauseWhileUnreachable)).toEqual([5000, 10_000, 20_000, 30_000, 30_000, 30_000])
})
