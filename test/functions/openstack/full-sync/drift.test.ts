import { expect, test } from 'vitest'
import {
  driftedEvent,
  fingerprintOf,
  repairedEvent,
} from '../../../../functions/openstack/full-sync/drift.ts'
import type { Step } from '../../../../shared/openstack/plan/step.ts'

const [customerId, id, now] = ['BGE000081', 'prj_1', '2026-11-23T12:00:00.000000000Z']
const unassign = (name: string, role = 'admin'): Step => ({
  do: 'unassign',
  assignment: {
    projectId: 'k1',
    role: { id: `r_${role}`, name: role },
    principal: { kind: 'user', id: `k_${name}`, name },
    inherited: false,
  },
})
const assign = (userId: string, role = 'member'): Step => {
  return { do: 'assign', userId, id: `k_${userId}`, role, roleId: `r_${role}` }
}
const enable: Step = { do: 'change-project', id: 'k1', change: { enabled: true }, why: 'enable' }
const rename: Step = { do: 'change-user', id: 'k2', change: { name: 'BGE000081_ann' }, why: 'rename' }
const createRole: Step = { do: 'create-role', name: 'dns_read' }
const createUser: Step = {
  do: 'create-user',
  user: { domainId: 'default', name: 'BGE000081_bob', enabled: true, latchkeyUserId: 'usr_2' },
}
const all = [unassign('eve'), enable, rename, createRole, createUser, assign('usr_2')]
const found = (steps: readonly Step[]) => ({ customerId, id, steps, now })

test('a repair has the found state and the repaired one', () => {
  expect(repairedEvent(found(all))).toEqual({
    id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    customerId,
    at: now,
    actor: { kind: 'system', id: 'openstack' },
    type: 'openstack.repaired',
    reason: 'it was found to differ from the directory',
    changes: [
      {
        resource: { type: 'openstack', id },
        before: {
          assignments: ['admin of another user'],
          differing: ['project k1: enable', 'user k2: rename'],
          missing: ['role dns_read', 'user BGE000081_bob'],
        },
        after: {
          assignments: ['member of usr_2'],
          changed: [{ 'project k1': { enabled: true } }, { 'user k2': { name: 'BGE000081_ann' } }],
          made: ['role dns_read', 'user BGE000081_bob'],
          deleted: [],
        },
      },
    ],
  })
})

test('a report has the found state, before and after', () => {
  const { type, changes } = driftedEvent(found(all))
  const [{ before, after } = {}] = changes
  expect(type).toBe('openstack.drifted')
  expect(after).toEqual(before)
  expect(before).toEqual(repairedEvent(found(all)).changes[0]?.before)
})

test('a project that was deleted in Keystone is missing before and made after', () => {
  const identity = 'latchkey:BGE000081:prj_1'
  const name = 'BGE000081_web'
  const project = { domainId: 'default', name, description: '', enabled: true, tags: [], identity }
  const [change] = repairedEvent(found([{ do: 'create-project', project }])).changes
  expect(change).toMatchObject({
    before: { missing: [`project ${name}`] },
    after: { made: [`project ${name}`] },
  })
})

test('a project that should be gone is deleted after', () => {
  const [change] = repairedEvent(found([{ do: 'delete-project', id: 'k1' }])).changes
  expect(change).toMatchObject({ after: { deleted: ['k1'] } })
})

test('the same difference has the same fingerprint', () => {
  expect(fingerprintOf(structuredClone(all))).toBe(fingerprintOf(all))
  expect(fingerprintOf(all)).toMatch(/^[\w-]{22}$/)
})

test('a fingerprint does not depend on the order of Keystone’s lists', () => {
  expect(fingerprintOf(all.toReversed())).toBe(fingerprintOf(all))
  expect(fingerprintOf([unassign('eve'), unassign('mal')])).toBe(
    fingerprintOf([unassign('mal'), unassign('eve')]),
  )
})

test.each<[string, Step[]]>([
  ['of somebody else', [unassign('mal')]],
  ['with another role', [unassign('eve', 'reader')]],
  ['with one more', [unassign('eve'), unassign('mal')]],
  ['in what is missing', [unassign('eve'), assign('usr_2')]],
  ['in what is to be changed', [unassign('eve'), enable]],
  ['at another place', [unassign('eve'), { ...enable, id: 'k9' }]],
])('a difference %s has another fingerprint', (_name, steps) => {
  const known = [[unassign('eve')], [unassign('eve'), { ...enable, id: 'k8' }]]
  expect(known.map(fingerprintOf)).not.toContain(fingerprintOf(steps))
})

test('another value of a change is another difference', () => {
  const renamed = { ...rename, change: { name: 'BGE000081_anna' } }
  expect(fingerprintOf([renamed])).not.toBe(fingerprintOf([rename]))
})
