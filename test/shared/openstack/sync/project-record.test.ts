import { expect, test } from 'vitest'
import { type OpenStackRecord, openstackView } from '../../../../shared/openstack/sync/project-record.ts'
import { aProject } from '../../reviews/review-parts.ts'

const [customerId, projectId, keystoneId] = ['BGE000081', 'prj_1', 'k1']
const at = (second: number) => `2026-11-23T12:00:0${second}.000000000Z`
const project = aProject({ id: projectId, customerId, createdAt: at(0), updatedAt: at(2) })
const there = { customerId, projectId, keystoneId, suspended: false }
const ready: OpenStackRecord = { ...there, state: 'ready', since: at(3) }
type Status = 'active' | 'suspended' | 'closed'
type Shown = { record?: Partial<OpenStackRecord>; status?: Status; spreading?: string }
const viewOf = ({ record = {}, status = 'active', spreading }: Shown) =>
  openstackView(project, { status }, { ...ready, ...record }, spreading)

test('a project without a record is pending since its creation', () => {
  const view = openstackView(project, { status: 'active' }, undefined, at(4))
  expect(view).toEqual({ state: 'pending', since: at(0) })
})

test('a project that matches the directory is ready since its convergence', () => {
  expect(viewOf({})).toEqual({ state: 'ready', keystoneId, since: at(3) })
})

test('a project that was changed and converged at the same moment is ready', () => {
  expect(viewOf({ record: { since: at(2) } })).toMatchObject({ state: 'ready', since: at(2) })
})

test.each([
  ['a fan-out of its customer is pending', { spreading: at(5) }, at(5)],
  ['its customer was suspended', { status: 'suspended' }, at(2)],
  ['its customer was closed', { status: 'closed' }, at(2)],
  ['its customer was resumed', { record: { suspended: true } }, at(2)],
  ['it is unknown whether it was disabled', { record: { suspended: undefined } }, at(2)],
  ['it was updated since', { record: { since: at(1) } }, at(2)],
  ['it was updated since, and a fan-out is pending', { record: { since: at(1) }, spreading: at(4) }, at(4)],
] satisfies [string, Shown, string][])(
  'a project that was ready is pending where %s',
  (_name, shown, since) => {
    expect(viewOf(shown)).toEqual({ state: 'pending', keystoneId, since })
  },
)

test('a project of a suspended customer is ready once it is disabled', () => {
  expect(viewOf({ status: 'suspended', record: { suspended: true } })).toMatchObject({ state: 'ready' })
})

test('a pending project keeps its time, whatever else is pending', () => {
  const record = { state: 'pending', since: at(1), error: 'OpenStack cannot be reached' } as const
  expect(viewOf({ record, spreading: at(5), status: 'closed' })).toEqual({ ...record, keystoneId })
})

test('a failed project has its error', () => {
  const record = { state: 'failed', since: at(4), keystoneId: undefined, error: 'the name is taken' } as const
  expect(viewOf({ record })).toEqual(record)
})

test('attributes of the worker are not shown', () => {
  const record = { markedAt: at(7), lease: { id: 'r', until: at(9) }, failures: 2, drift: 'd', due: at(8) }
  expect(viewOf({ record })).toEqual({ state: 'ready', keystoneId, since: at(3) })
})
