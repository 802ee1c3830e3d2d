import { expect, test } from 'vitest'
import { streamFilters } from '../../../functions/openstack/stream-filter.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { satisfies } from '../../../shared/table/stream.ts'
import { recordOf } from '../provisioning/bare-worker.ts'

const c = 'BGE000081'
const wakes = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', key: Key) =>
  streamFilters.some((filter) => satisfies({ ...recordOf(key, 1), eventName }, filter))

test.each([
  ['a project that is touched', keys.openstack(c, 'prj_1')],
  ['a user who has changed', keys.fanOut(c, 'user', 'usr_1')],
  ['a customer that has changed', keys.fanOut(c, 'customer', c)],
])('%s wakes the worker, and nobody once it is gone', (_name, key) => {
  expect([wakes('INSERT', key), wakes('MODIFY', key), wakes('REMOVE', key)]).toEqual([true, true, false])
})

test.each([
  ['a project', keys.project(c, 'prj_1')],
  ['a user', keys.user(c, 'usr_1')],
  ['a grant', keys.grant(c, 'usr_1', 'project', 'prj_1')],
  ['a claim', keys.projectName(c, 'openstack')],
  ['an event', keys.event(c, '01')],
  ['a delivery', keys.delivery('orders', 'evt_1')],
  ['a word to the clean-up', keys.cleanup(c, 'user', 'usr_1', 's')],
  ['the pass over everything', keys.fullSync],
])('%s alone wakes nobody', (_name, key) => {
  expect([wakes('INSERT', key), wakes('MODIFY', key)]).toEqual([false, false])
})
