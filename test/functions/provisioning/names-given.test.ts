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
import { nextCustomer, orders } from './arrivals.ts'
import { stoppedClock } from './clock.ts'
import { anns, customer, customerId, mail, membership, project, time, user, withId } from './scene.ts'

const engine = await startTestEngine()
const clock = stoppedClock(time(0))
const service = await startProvisioned(engine, { now: clock.now })
const { table } = service

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
    const { id, deliver, view } = nextCustomer(service)
    clock.set(time(10))
    await deliver(...before)
    for (const person of people) {
      const now = instantOf(clock.now())
      const actor = { kind: 'user', id: 'usr_1' } as const
      const plan = await person(id, { table, actor, stamp: stampOf(now, actor.id), now })
      if (plan.change) await commit(table, plan.change)
      await service.settle()
    }
    clock.set(time(30))
    await deliver(...arrival)
    ends.push({ arrival: arrival.map(({ id: name }) => name).join(' '), end: await view() })
  }
  return ends
}

const ann = anns.created(1, 'tech')
const web = project.created(2, 'web')

const there = [customer.created, ann, web]
const givenWeb = [...there, anns.granted(3)]

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
    there,
    [changesAddress('ann', 'ann.b')],
    [anns.created(12, 'admin'), anns.became(14, 'client'), anns.disabled(15), anns.granted(16)],
    { 'ann.b': 'tech called ann', ann: 'client disabled' },
    ['ann web'],
  ],
  [
    'an event about an address before its change means the user who has another one now',
    there,
    [changesAddress('ann', 'ann.b')],
    [anns.created(12, 'tech'), anns.became(5, 'client'), anns.renamed(6, 'Ann'), anns.granted(7)],
    { 'ann.b': 'client called Ann', ann: 'tech' },
    ['ann.b web'],
  ],
  [
    'an event about an address after it was given to another user means that user',
    givenWeb,
    [changesAddress('ann', 'ann.b'), gives('ann')],
    [anns.became(14, 'tech'), anns.revoked(15), anns.enabled(16), anns.disabled(4)],
    { 'ann.b': 'tech called ann disabled', ann: 'tech' },
    ['ann.b web'],
  ],
  [
    'a deletion by an address before its change is of the user who had it then',
    there,
    [changesAddress('ann', 'ann.b')],
    [anns.deleted(5), anns.created(12, 'client'), anns.granted(13, ['dns:read'])],
    { ann: 'client' },
    ['ann web'],
  ],
  [
    'a deletion by an address that nobody had then is not of the user who got it later',
    givenWeb,
    [changesAddress('ann', 'bob')],
    [
      user.deleted(5, 'bob'),
      membership.granted(6, 'bob', 'web', ['dns:read']),
      user.typeChanged(7, 'bob', 'client'),
      user.disabled(8, 'bob'),
    ],
    { bob: 'tech called ann' },
    ['bob web'],
  ],
  [
    'an event about an address after a person deleted its user means the user made again',
    there,
    [deletes('ann')],
    [anns.created(12, 'admin'), anns.became(14, 'client'), anns.granted(15)],
    { ann: 'client' },
    ['ann web'],
  ],
  [
    'a renamed project has the events about its name from before, and one made since those from after',
    there,
    [renames('web', 'old')],
    [
      anns.granted(5, ['dns:read']),
      withId('again', project.created(12, 'web')),
      anns.granted(13),
      anns.revoked(14),
    ],
    { ann: 'tech' },
    ['ann old'],
  ],
  [
    'a deletion of a name that a project had before it was renamed is of that project',
    there,
    [renames('web', 'old')],
    [project.deleted(5, 'web'), withId('again', project.created(12, 'web')), anns.granted(13)],
    { ann: 'tech' },
    ['ann web'],
  ],
]

test.each(rows)('%s, in any order of arrival', async (_name, before, people, after, users, grants) => {
  const ends = await finalViews(before, people, after)
  const end = ends[0]?.end
  expect(end?.users).toEqual(users)
  const held = Object.keys(end?.grants ?? {}).filter((pair) => !pair.includes(customerId))
  expect(held.sort()).toEqual(grants)
  for (const it of ends) expect([it.arrival, it.end]).toEqual([it.arrival, end])
  expect(service.failures).toEqual([])
})
