import { expect, test } from 'vitest'
import type { AllowReason, Decision } from '../../../shared/domain/access/decide.ts'
import { rights } from '../../../shared/domain/access/permissions.ts'
import { capabilities } from '../../../shared/domain/entities/capability.ts'
import { dayOf, levelOfCapability, usageOf } from '../../../shared/usage/usage.ts'

const customer = { type: 'customer', id: 'ACM000001' }
const user = { type: 'user', id: 'usr_2' }
const project = { type: 'project', id: 'prj_1' }
const server = { type: 'server', id: 'vps-1' }

const useBy = (decision: Decision, action: string, ref: { type: string; id: string }) =>
  usageOf('ACM000001', 'usr_1', action, decision, ref)

function usageTextFor(
  code: AllowReason,
  action: string,
  ref: { type: string; id: string },
): string | undefined {
  const use = useBy({ allowed: true, reason: { code } }, action, ref)
  return use && `${use.resource.kind}/${use.resource.id} ${use.level}`
}

test('a usage names its user', () => {
  expect(useBy({ allowed: true, reason: { code: 'membership' } }, 'dns.read', project)).toEqual({
    customerId: 'ACM000001',
    userId: 'usr_1',
    resource: { kind: 'project', id: 'prj_1' },
    level: 'read',
  })
})

test.each([
  ['membership', 'compute.read', project, 'project/prj_1 read'],
  ['membership', 'compute.operate', project, 'project/prj_1 operate'],
  ['membership', 'objectstore.manage', project, 'project/prj_1 manage'],
  ['owner', 'dns.operate', project, 'project/prj_1 operate'],
  ['membership', 'project.read', project, 'project/prj_1 read'],
  ['type', 'project.read', project, 'project/main read'],
  ['owner', 'project.read', project, 'project/main read'],
  ['type', 'project.manage', project, 'project/main manage'],
  ['assignment', 'server.read', server, 'server/vps-1 read'],
  ['assignment', 'server.console', server, 'server/vps-1 operate'],
  ['assignment', 'server.cancel', server, 'server/vps-1 manage'],
  ['type', 'server.read', server, 'project/main read'],
  ['owner', 'server.power', server, 'project/main operate'],
  ['type', 'server.resize', customer, 'project/main manage'],
  ['type', 'server.assign', server, 'project/main manage'],
  ['type', 'user.read', user, 'project/main read'],
  ['self', 'user.read', user, undefined],
  ['membership', 'cdn.manage', customer, 'project/main manage'],
] as const)('allowed by %s, %s of %j is usage of %s', (code, action, ref, expected) => {
  expect(usageTextFor(code, action, ref)).toBe(expected)
})

test.each(['no-grant', 'expired', 'disabled', 'type-ceiling'] as const)('denied as %s: no usage', (code) => {
  expect(useBy({ allowed: false, reason: { code } }, 'compute.read', project)).toBeUndefined()
})

const reading = ['account', 'contact', 'billing', 'user', 'project', 'server', 'audit']
const changing = ['account.update', 'contact.update', 'billing.update', 'user.manage', 'project.manage']
const rest = ['server.assign', 'cdn.manage', 'review.manage']

test.each([
  ...reading.map((what) => [`${what}.read`, 'read'] as const),
  ...[...changing, ...rest].map((action) => [action, 'manage'] as const),
])('%s of the customer, allowed by type, is usage of Main at %s', (action, level) => {
  expect(rights.has(action)).toBe(true)
  expect(usageTextFor('type', action, customer)).toBe(`project/main ${level}`)
})

test('every capability has a level', () => {
  expect(Object.groupBy(capabilities, levelOfCapability)).toEqual({
    read: ['view', 'monitoring'],
    operate: ['power', 'console', 'rescue', 'snapshot', 'backup', 'network', 'rdns'],
    manage: ['reinstall', 'resize', 'cancel'],
  })
})

test('a day is one of UTC', () => {
  expect(dayOf(new Date('2026-11-27T23:59:59.999Z'))).toBe('2026-11-27')
  expect(dayOf(new Date('2026-11-28T00:30:00+01:00'))).toBe('2026-11-27')
})
