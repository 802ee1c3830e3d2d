import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { capabilities } from '../../../../shared/domain/entities/capability.ts'
import { levels, roles, rolesCover, services } from '../../../../shared/domain/entities/role.ts'
import { userTypes } from '../../../../shared/domain/entities/user-type.ts'
import { type Evidence, recommend } from '../../../../shared/reviews/model/recommend.ts'
import { cases } from '../../../support/long.ts'
import { daysBefore, theEvidence, today } from '../review-parts.ts'

type Grant = Parameters<typeof recommend>[0]

const grant = (change: Partial<Grant> = {}): Grant => ({
  userType: 'customer-tech',
  kind: 'project',
  roles: ['compute:manage'],
  capabilities: [],
  ...change,
})
const admin = grant({ userType: 'customer-admin', roles: ['full'] })
const never: Partial<Evidence> = { loginLinked: false }
const reading: Partial<Evidence> = { lastUse: { read: today } }

describe.each<[string, Grant, Partial<Evidence>, string]>([
  ['the main-customer’s', grant({ userType: 'main-customer' }), {}, 'keep owner'],
  ['the main-customer’s, new', grant({ userType: 'main-customer' }), { heldFrom: today }, 'keep owner'],
  ['held for 29 days', grant(), { heldFrom: daysBefore(29) }, 'keep new'],
  ['held for 29 days and in use', grant(), { heldFrom: daysBefore(29), ...reading }, 'keep new'],
  ['held for 30 days', grant(), { heldFrom: daysBefore(30) }, 'keep not-known'],
  ['held for 30 days and in use', grant(), { heldFrom: daysBefore(30), ...reading }, 'keep in-use'],
  ['held for 89 days', grant(), { heldFrom: daysBefore(89) }, 'keep not-known'],
  ['held for 90 days', grant(), { heldFrom: daysBefore(90) }, 'revoke unused'],
  ['with uses known for 89 days', grant(), { knownSince: daysBefore(89) }, 'keep not-known'],
  ['with uses known for 90 days', grant(), { knownSince: daysBefore(90) }, 'revoke unused'],
  ['used 89 days ago', grant(), { lastUse: { manage: daysBefore(89) } }, 'keep in-use'],
  ['used 90 days ago', grant(), { lastUse: { manage: daysBefore(90) } }, 'revoke unused'],
  ['whose user was seen 89 days ago', grant(), { elsewhere: daysBefore(89) }, 'revoke used-elsewhere'],
  ['whose user was seen 90 days ago', grant(), { elsewhere: daysBefore(90) }, 'revoke unused'],
  ['of an admin without a login', admin, never, 'revoke never-signs-in'],
  ['of one with uses known for 89 days', admin, { ...never, knownSince: daysBefore(89) }, 'keep not-known'],
  ['of one who is admin for 89 days', admin, { ...never, heldFrom: daysBefore(89) }, 'keep not-known'],
  ['of one who is admin for 29 days', admin, { ...never, heldFrom: daysBefore(29) }, 'keep new'],
  ['of an admin who uses something else', admin, { ...never, elsewhere: today }, 'revoke used-elsewhere'],
  ['of an admin of long ago', admin, { ...never, elsewhere: daysBefore(90) }, 'revoke never-signs-in'],
  ['of a tech without a login', grant(), never, 'revoke unused'],
  ['of an admin without a login, in use', admin, { ...never, lastUse: { manage: today } }, 'keep in-use'],
  ['that only reads', grant(), reading, 'reduce only-reads'],
  ['that reads lately', grant(), { lastUse: { read: today, manage: daysBefore(90) } }, 'reduce only-reads'],
  ['that reads and managed', grant(), { lastUse: { read: today, manage: daysBefore(89) } }, 'keep in-use'],
  ['that reads and operates', grant(), { lastUse: { read: today, operate: today } }, 'keep in-use'],
  ['that may only operate', grant({ roles: ['dns:operate'] }), reading, 'keep in-use'],
  ['of Main with cdn', grant({ roles: ['cdn'] }), reading, 'keep in-use'],
])('a grant %s', (_name, held, evidence, expected) => {
  it(`gets: ${expected}`, () => {
    const { advice, because } = recommend(held, theEvidence(evidence))
    expect(`${advice} ${because}`).toBe(expected)
  })
})

const readLately = theEvidence({ lastUse: { read: today } })
const onServer = (...held: (typeof capabilities)[number][]) =>
  recommend(grant({ kind: 'server', roles: [], capabilities: held }), readLately)
const isLate = (known: string | undefined) => known !== undefined && known > daysBefore(90)
/** Each level of each service that the roles include. */
const cells = (held: readonly string[]): string[] =>
  services.flatMap((service) =>
    levels.filter((level) => rolesCover(held, service, level)).map((level) => `${service}.${level}`),
  )

test.each([
  [['full'], services.map((service) => `${service}:read`)],
  [
    ['dns:manage', 'compute:operate', 'dns:read'],
    ['compute:read', 'dns:read'],
  ],
])('%j is reduced to reading', (held, left) => {
  expect(recommend(grant({ roles: held }), readLately).roles).toEqual(left)
})

test('capabilities of a server are reduced to viewing and monitoring, if any other can break something', () => {
  expect(onServer('view', 'power', 'monitoring', 'cancel').capabilities).toEqual(['view', 'monitoring'])
  expect(onServer('view', 'resize')).toMatchObject({ advice: 'reduce', capabilities: ['view'] })
  expect(onServer('view', 'power')).toEqual({ advice: 'keep', because: 'in-use' })
})

describe('with any evidence', () => {
  const day = fc.integer({ min: -5, max: 200 }).map((days) => daysBefore(days))
  const maybe = fc.option(day, { nil: undefined })
  const lastUse = fc.record({ read: day, operate: day, manage: day }, { requiredKeys: [] })
  const evidence = fc.record({
    asOf: fc.constant(today),
    knownSince: day,
    heldFrom: day,
    lastUse: fc.option(lastUse, { nil: undefined }),
    elsewhere: maybe,
    loginLinked: fc.boolean(),
  })
  const userType = fc.constantFrom(...userTypes)
  const project = fc.record({
    userType,
    kind: fc.constant('project' as const),
    roles: fc.uniqueArray(fc.constantFrom(...roles), { minLength: 1 }),
    capabilities: fc.constant([]),
  })
  const server = fc.record({
    userType,
    kind: fc.constant('server' as const),
    roles: fc.constant([]),
    capabilities: fc.subarray([...capabilities]).map((some) => [...new Set(['view' as const, ...some])]),
  })
  const holds = (rule: (grant: Grant, evidence: Evidence) => boolean) =>
    fc.assert(fc.property(fc.oneof(project, server), evidence, rule), cases(200))

  it('the main-customer keeps everything', () => {
    holds((held, known) => recommend({ ...held, userType: 'main-customer' }, known).advice === 'keep')
  })

  it('a grant younger than 30 days is kept', () => {
    holds((held, known) => known.heldFrom <= daysBefore(30) || recommend(held, known).advice === 'keep')
  })

  it('no grant counts as unused before usage is recorded for 90 days', () => {
    const fromUses: string[] = ['unused', 'used-elsewhere', 'only-reads']
    holds((held, known) => {
      const { because } = recommend(held, known)
      return known.knownSince <= daysBefore(90) || !fromUses.includes(because)
    })
  })

  it('a recently used grant is never revoked', () => {
    holds((held, known) => {
      const { read, operate, manage } = known.lastUse ?? {}
      return ![read, operate, manage].some(isLate) || recommend(held, known).advice !== 'revoke'
    })
  })

  it('a reduction leaves less than is held, and something', () => {
    let seen = 0
    holds((held, known) => {
      const { advice, ...left } = recommend(held, known)
      if (advice !== 'reduce') return true
      seen++
      const before = new Set(held.kind === 'server' ? held.capabilities : cells(held.roles))
      const after = held.kind === 'server' ? (left.capabilities ?? []) : cells(left.roles ?? [])
      return after.length > 0 && after.length < before.size && after.every((each) => before.has(each))
    })
    expect(seen).toBeGreaterThan(0)
  })
})
