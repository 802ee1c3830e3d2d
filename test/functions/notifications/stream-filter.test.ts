import { expect, test } from 'vitest'
import { streamFilters } from '../../../functions/notifications/stream-filter.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { satisfies } from '../../../shared/table/stream.ts'
import { recordOf } from '../provisioning/bare-worker.ts'
import { customerId as c, key } from './scene.ts'

const triggers = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', about: Key) =>
  streamFilters.some((filter) => satisfies({ ...recordOf(about, 1), eventName }, filter))

test('a new reminder triggers the worker; its update and deletion do not', () => {
  expect([triggers('INSERT', key), triggers('MODIFY', key), triggers('REMOVE', key)]).toEqual([
    true,
    false,
    false,
  ])
})

test('so does an invitation', () => {
  const invitation = keys.invitation(c, 'usr_1', 1)
  expect([triggers('INSERT', invitation), triggers('MODIFY', invitation)]).toEqual([true, false])
})

test.each([
  ['the mailbox of an address', keys.mailbox('hash')],
  ['a review', keys.review(c, '01R')],
  ['its progress', keys.checkpoint(c, '01R')],
  ['its item', keys.reviewItem(c, '01R', { userId: 'usr_1', kind: 'project', id: 'prj_1' })],
  ['a user', keys.user(c, 'usr_1')],
])('%s triggers nothing', (_name, other) => {
  expect(triggers('INSERT', other)).toBe(false)
})
