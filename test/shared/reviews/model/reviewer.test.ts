import { describe, expect, it, test } from 'vitest'
import { mainProjectOf } from '../../../../shared/domain/access/main-project.ts'
import type { User } from '../../../../shared/domain/entities/user.ts'
import {
  type Candidate,
  isConfiguredReviewer,
  managesReviews,
  denialOfReviewer,
} from '../../../../shared/reviews/model/reviewer.ts'
import { aCustomer, aGrant, aProject, at, aUser, now, stamp } from '../review-parts.ts'

type Grant = ReturnType<typeof aGrant>

const customer = aCustomer()
const main = mainProjectOf(customer)
const inMain = (change: Partial<Grant> = {}) =>
  aGrant({ resource: { kind: 'project', id: 'main' }, roles: [], ...change })
const full = (change: Partial<Grant> = {}) => aGrant({ roles: ['full'], ...change })
const left = { revoked: true, stamp: stamp('2026-11-01') }

const facts = (user: User, grants: readonly Grant[] = [], change: Partial<Candidate> = {}): Candidate => ({
  now,
  customer,
  user,
  grants: new Map(grants.map((grant) => [`project/${grant.resource.id}`, grant])),
  main,
  resource: { type: 'project', project: aProject() },
  ...change,
})
const reviewer = (type: Parameters<typeof aUser>[0], change: Partial<User> = {}) =>
  aUser(type, { id: 'usr_9', ...change })

const item = { userId: 'usr_1', resource: { kind: 'project', id: 'prj_1' } } as const
const own = { ...item, userId: 'usr_9' }
const tech = reviewer('customer-tech')
const admin = reviewer('customer-admin')
const client = reviewer('customer-client')
const disabled = { status: 'disabled' } as const
const deleted = { deleted: stamp('2026-11-02') }
const suspended = { customer: aCustomer({ status: 'suspended' }) }
const closed = { customer: aCustomer({ status: 'closed' }) }

test.each<[string, Candidate, boolean]>([
  ['the main-customer', facts(reviewer('main-customer')), true],
  ['an admin', facts(reviewer('customer-admin')), true],
  ['an admin removed from Main', facts(reviewer('customer-admin'), [inMain(left)]), false],
  ['an admin whose time in Main is over', facts(admin, [inMain({ expiresAt: now })]), false],
  ['a disabled admin', facts(reviewer('customer-admin', disabled)), false],
  ['an admin who was deleted', facts(reviewer('customer-admin', deleted)), false],
  ['an admin of a suspended customer', facts(reviewer('customer-admin'), [], suspended), false],
  ['billing', facts(reviewer('customer-billing')), false],
  ['a tech in Main, full in the project', facts(reviewer('customer-tech'), [inMain(), full()]), false],
])('%s manages reviews: %s', (_who, candidate, expected) => {
  expect(managesReviews(candidate)).toBe(expected)
})

describe.each<[string, Candidate, string | undefined, string | undefined]>([
  ['the main-customer', facts(reviewer('main-customer')), undefined, undefined],
  ['an admin', facts(reviewer('customer-admin')), undefined, undefined],
  ['an admin removed from Main', facts(reviewer('customer-admin'), [inMain(left)]), 'no-grant', undefined],
  ['a tech', facts(reviewer('customer-tech')), 'no-grant', undefined],
  ['a disabled admin', facts(reviewer('customer-admin', disabled)), 'disabled', 'disabled'],
  ['a disabled tech', facts(reviewer('customer-tech', disabled)), 'disabled', 'disabled'],
  ['a tech who has left', facts(reviewer('customer-tech', deleted)), 'unknown-subject', 'unknown-subject'],
  ['an admin who has left', facts(reviewer('customer-admin', deleted)), 'unknown-subject', 'unknown-subject'],
  ['a tech of a suspended customer', facts(tech, [], suspended), 'suspended', 'suspended'],
  ['an admin of a closed customer', facts(reviewer('customer-admin'), [], closed), 'closed', 'closed'],
])('%s', (_who, candidate, unassigned, assigned) => {
  it(`is denied an item: ${unassigned ?? 'not'}, an assigned one: ${assigned ?? 'not'}`, () => {
    expect(denialOfReviewer(candidate, item, false)).toBe(unassigned)
    expect(denialOfReviewer(candidate, item, true)).toBe(assigned)
  })

  it('is denied the own item', () => {
    for (const isAssigned of [false, true])
      expect(denialOfReviewer(candidate, own, isAssigned)).toBe(assigned ?? 'own')
  })
})

const elsewhere = { ...item, resource: { kind: 'project', id: 'prj_2' } } as const
const ofMain = { ...item, resource: { kind: 'project', id: 'main' } } as const
const aboutMain: Partial<Candidate> = { resource: { type: 'project', project: main } }
const lasting = full({ expiresAt: at('2027-01-01') })
const ofServer = { ...item, resource: { kind: 'server', id: 'prj_1' } } as const

test.each<
  [string, string[], Candidate, typeof item | typeof elsewhere | typeof ofMain | typeof ofServer, boolean]
>([
  ['`admins`, an admin', ['admins'], facts(admin), item, true],
  ['`admins`, an admin, of a server', ['admins'], facts(admin), ofServer, true],
  ['`admins`, an admin removed from Main', ['admins'], facts(admin, [inMain(left)]), item, false],
  ['`admins`, the main-customer', ['admins'], facts(reviewer('main-customer')), item, false],
  ['`admins`, a tech', ['admins'], facts(tech, [inMain(), full()]), item, false],
  ['`admins`, a disabled admin', ['admins'], facts(reviewer('customer-admin', disabled)), item, false],
  ['the id of a tech', ['usr_9'], facts(tech), item, true],
  ['the id of a tech, of Main', ['usr_9'], facts(tech), ofMain, true],
  ['the id of somebody else', ['usr_8'], facts(tech), item, false],
  ['the id of who has left', ['usr_9'], facts(reviewer('customer-tech', deleted)), item, false],
  ['the id of who is disabled', ['usr_9'], facts(reviewer('customer-tech', disabled)), item, false],
  ['the id, suspended', ['usr_9'], facts(tech, [], suspended), item, false],
  ['`project`, who holds all', ['project'], facts(tech, [full()]), item, true],
  ['`project`, a client who holds all', ['project'], facts(client, [full()]), item, false],
  ['the id of a client', ['usr_9'], facts(client), item, true],
  ['`project`, an admin by the type', ['project'], facts(admin), item, true],
  ['`project`, an admin who left it', ['project'], facts(admin, [full(left)]), item, false],
  ['`project`, who holds some', ['project'], facts(tech, [aGrant()]), item, false],
  ['`project`, whose time is over', ['project'], facts(tech, [full({ expiresAt: now })]), item, false],
  ['`project`, whose time lasts', ['project'], facts(tech, [lasting]), item, true],
  ['`project`, who was removed', ['project'], facts(tech, [full(left)]), item, false],
  ['`project`, about another one', ['project'], facts(tech, [full()]), elsewhere, false],
  ['`project`, about Main', ['project'], facts(admin, [], aboutMain), ofMain, false],
  ['`project`, about a server', ['project'], facts(tech, [full()]), ofServer, false],
  ['several, one of them', ['admins', 'usr_8', 'project'], facts(tech, [full()]), item, true],
])('configured as a reviewer by %s', (_name, reviewers, candidate, about, expected) => {
  expect(isConfiguredReviewer(reviewers, candidate, about)).toBe(expected)
  expect(isConfiguredReviewer(reviewers, candidate, { ...about, userId: 'usr_9' })).toBe(false)
})
