import { expect, test } from 'vitest'
import { streamFilters } from '../../../functions/openstack/stream-filter.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { satisfies } from '../../../shared/table/stream.ts'
import { recordOf } from '../provisioning/bare-worker.ts'

const c = 'BGE000081'
const triggers = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', key: Key) =>
  streamFilters.some((filter) => satisfies({ ...recordOf(key, 1), eventName }, filter))

test.each([
  ['a project that is marked pending', keys.openstack(c, 'prj_1')],
  ['a user who has changed', keys.fanOut(c, 'user', 'usr_1')],
  ['a customer that has changed', keys.fanOut(c, 'customer', c)],
])('%s triggers the worker, and its deletion does not', (_name, key) => {
  const triggered = (['INSERT', 'MODIFY', 'REMOVE'] as const).filter((eventName) => triggers(eventName, key))
  expect(triggered).toEqual(['INSERT', 'MODIFY'])
})

test.each([
  ['a project', keys.project(c, 'prj_1')],
  ['a user', keys.user(c, 'usr_1')],
  ['a grant', keys.grant(c, 'usr_1', 'project', 'prj_1')],
  ['a claim', keys.projectName(c, 'openstack')],
  ['an event', keys.event(c, '01')],
  ['a delivery', keys.delivery('orders', 'evt_1')],
  ['a request to the clean-up', keys.cleanup(c, 'user', 'usr_1', 's')],
  ['the full sync', keys.fullSync],
])('%s alone triggers nothing', (_name, key) => {
  expect([triggers('INSERT', key), triggers('MODIFY', key)]).toEqual([false, false])
})
