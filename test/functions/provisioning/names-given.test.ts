import { expect, test } from 'vitest'
import type { Context, ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { updateProject } from '../../../shared/directory/projects/update-project.ts'
import { createUser } from '../../../shared/directory/users/create-user.ts'
import { deleteUser } from '../../../shared/directory/users/delete-user.ts'
import { updateUser } from '../../../shared/directory/users/update-user.ts'
import { holderNow } from '../../../shared/domain/entities/claim.ts'
import { instantOf, stampOf } from '../../../shared/domain/values/instant.ts'
import { asClaim } from '../../../shared/records/claims.ts'
import { commit } from '../../../shared/records/commit.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { asUser } from '../../../shared/records/users.ts'
import { type Key, keys } from '../../../shared/table/keys.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startProvisioned } from '../../support/provisioned.ts'
import type { TimedEvent } from '../../support/timeline.ts'
import { createStoryRunner, orders } from './arrivals.ts'
import { stoppedClock } from './clock.ts'
import {
  becomes,
  born,
  customerId,
  disabled,
  enabled,
  grant,
  mail,
  named,
  project,
  projectGone,
  renamed,
  revoke,
  time,
  user,
  userGone,
} from './scene.ts'

const engine = await startTestEngine()
const clock = stoppedClock(time(0))
const service = await startProvisioned(engine, { now: clock.now })
const { table } = service
const runner = createStoryRunner(service)

type Person = (id: string, by: Context) => Promise<ChangePlan>

const holderOf = async (key: Key) => holderNow(asClaim(await table.get(key)))?.id ?? 'nobody'

async function findUser(id: string, name: string) {
  const found = asUser(await table.get(keys.user(id, await holderOf(keys.email(id, mail(name))))))
  if (!found) throw new Error('the user is there')
  return found
}

const changesAddress =
  (from: string, to: string): Person =>
  async (id, by) =>
    updateUser(by, await findUser(id, from), { email: mail(to) })

const gives =
  (name: string): Person =>
  (id, by) =>
    createUser(by, { customerId: id, email: mail(name), name, type: 'customer-client' })

const deletes =
  (name: string): Person =>
  async (id, by) =>
    deleteUser(by, await findUser(id, name))

const renames =
  (from: string, to: string): Person =>
  async (id, by) => {
    const key = keys.project(id, await holderOf(keys.projectName(id, from)))
    const found = asProject(await table.get(key))
    if (!found) throw new Error('the project is there')
    return updateProject(by, found, { name: to })
  }

/** A change by people at minute ten, and the result in each order in which the events arrive after it. */
async function finalViews(
  before: readonly TimedEvent[],
  people: readonly Person[],
  after: readonly TimedEvent[],
) {
  const ends = []
  for (const arrival of orders(after)) {
    const { eventFor, view } = runner.nextCustomer()
    const [first] = before.map(eventFor)
    const id = String(first?.data.customerId)
    clock.set(time(10))
    await service.deliverEach(before.map(eventFor))
    for (const person of people) {
      const now = instantOf(clock.now())
      const plan = await person(id, {
        table,
        actor: { kind: 'user', id: 'usr_1' },
        stamp: stampOf(now, 'usr_1'),
        now,
      })
      if (plan.change) await commit(table, plan.change)
      await service.settle()
    }
    clock.set(time(30))
    await service.deliverEach(arrival.map(eventFor))
    ends.push({ arrival: arrival.map(({ id: name }) => name).join(' '), end: await view() })
  }
  return ends
}

const ann = user(1, 'ann', 'tech')
const web = project(2, 'web')

type Row = [
  name: string,
  before: TimedEvent[],
  people: Person[],
  after: TimedEvent[],
  users: Record<string, string>,
  grants: string[],
]

const rows: Row[] = [
  [
    'an event about an address after its change means the user that an event gives it to',
    [born, ann, web],
    [changesAddress('ann', 'ann.b')],
    [
      user(12, 'ann', 'admin'),
      becomes(14, 'ann', 'client'),
      disabled(15, 'ann'),
      grant(16, 'ann', 'web', ['full']),
    ],
    { 'ann.b': 'tech called ann', ann: 'client disabled' },
    ['ann web'],
  ],
  [
    'an event about an address before its change means the user who has another one now',
    [born, ann, web],
    [changesAddress('ann', 'ann.b')],
    [
      user(12, 'ann', 'tech'),
      becomes(5, 'ann', 'client'),
      renamed(6, 'ann', 'Ann'),
      grant(7, 'ann', 'web', ['full']),
    ],
    { 'ann.b': 'client called Ann', ann: 'tech' },
    ['ann.b web'],
  ],
  [
    'an event about an address after it was given to another user means that user',
    [born, ann, web, grant(3, 'ann', 'web', ['full'])],
    [changesAddress('ann', 'ann.b'), gives('ann')],
    [becomes(14, 'ann', 'tech'), revoke(15, 'ann', 'web'), enabled(16, 'ann'), disabled(4, 'ann')],
    { 'ann.b': 'tech called ann disabled', ann: 'tech' },
    ['ann.b web'],
  ],
  [
    'a deletion by an address before its change is of the user who had it then',
    [born, ann, web],
    [changesAddress('ann', 'ann.b')],
    [userGone(5, 'ann'), user(12, 'ann', 'client'), grant(13, 'ann', 'web', ['dns:read'])],
    { ann: 'client' },
    ['ann web'],
  ],
  [
    'a deletion by an address that nobody had then is not of the user who got it later',
    [born, ann, web, grant(3, 'ann', 'web', ['full'])],
    [changesAddress('ann', 'bob')],
    [
      userGone(5, 'bob'),
      grant(6, 'bob', 'web', ['dns:read']),
      becomes(7, 'bob', 'client'),
      disabled(8, 'bob'),
    ],
    { bob: 'tech called ann' },
    ['bob web'],
  ],
  [
    'an event about an address after a person deleted its user means the user made again',
    [born, ann, web],
    [deletes('ann')],
    [user(12, 'ann', 'admin'), becomes(14, 'ann', 'client'), grant(15, 'ann', 'web', ['full'])],
    { ann: 'client' },
    ['ann web'],
  ],
  [
    'a renamed project has the events about its name from before, and one made since those from after',
    [born, ann, web],
    [renames('web', 'old')],
    [
      grant(5, 'ann', 'web', ['dns:read']),
      named('again', project(12, 'web')),
      grant(13, 'ann', 'web', ['full']),
      revoke(14, 'ann', 'web'),
    ],
    { ann: 'tech' },
    ['ann old', 'owner old', 'owner web'],
  ],
  [
    'a deletion of a name that a project had before it was renamed is of that project',
    [born, ann, web],
    [renames('web', 'old')],
    [projectGone(5, 'web'), named('again', project(12, 'web')), grant(13, 'ann', 'web', ['full'])],
    { ann: 'tech' },
    ['ann web', 'owner web'],
  ],
]

test.each(rows)('%s, in any order of arrival', async (_name, before, people, after, users, grants) => {
  const ends = await finalViews(before, people, after)
  const end = ends[0]?.end
  expect(end?.users).toEqual({ owner: 'main-customer', ...users })
  const held = Object.keys(end?.grants ?? {}).filter(
    (pair) => !pair.includes(customerId) && pair !== 'owner web',
  )
  expect(held.sort()).toEqual(grants.filter((pair) => pair !== 'owner web').sort())
  for (const it of ends) expect([it.arrival, it.end]).toEqual([it.arrival, end])
  expect(service.failures).toEqual([])
})
