import { describe, expect, it, test } from 'vitest'
import type { Resources } from '../../../../shared/domain/access/entitlements.ts'
import { isInScope, itemsFor } from '../../../../shared/reviews/model/item-candidates.ts'
import { itemId } from '../../../../shared/reviews/model/review-item.ts'
import type { ReviewScope } from '../../../../shared/reviews/policy/review-policy.ts'
import * as parts from '../review-parts.ts'

const { aCustomer, aGrant, anItem, aProject, aReview, aServer, at, aUser, daysBefore } = parts
const { now, theEvidence, theTerms, today } = parts

const project = anItem()
const inMain = anItem({ resource: { kind: 'project', id: 'main' }, terms: theTerms({ roles: ['cdn'] }) })
const server = anItem({
  resource: { kind: 'server', id: 'prj_1' },
  terms: theTerms({ roles: [], capabilities: ['view'] }),
})
const byType = anItem({
  userType: 'customer-admin',
  terms: theTerms({ roles: ['full'], source: 'type', grantedBy: undefined }),
})
const byWebhook = anItem({ terms: theTerms({ source: 'webhook' }) })
const byReview = anItem({ terms: theTerms({ source: 'review' }) })
const onServer = (id: string) =>
  aGrant({ resource: { kind: 'server', id }, roles: [], capabilities: ['view'] })
const all = { project, inMain, server, byType, byWebhook, byReview }
const everyName = Object.keys(all) as (keyof typeof all)[]
const compute: ReviewScope = { services: ['compute'] }

describe.each<[string, ReviewScope, (keyof typeof all)[]]>([
  ['nothing', {}, everyName],
  ['a project', { projects: ['prj_1'] }, ['project', 'byType', 'byWebhook', 'byReview']],
  ['Main', { projects: ['main'] }, ['inMain']],
  ['several projects', { projects: ['prj_2', 'main'] }, ['inMain']],
  ['types', { types: ['customer-admin', 'customer-client'] }, ['byType']],
  ['a service', { services: ['compute'] }, ['project', 'byType', 'byWebhook', 'byReview']],
  ['a service that only `full` reaches', { services: ['dns', 'image'] }, ['byType']],
  ['the automatic', { origins: ['automatic'] }, ['byType']],
  ['the explicit', { origins: ['explicit'] }, ['project', 'inMain', 'server', 'byWebhook', 'byReview']],
  ['both origins', { origins: ['explicit', 'automatic'] }, everyName],
  ['a project and a type', { projects: ['prj_1'], types: ['customer-admin'] }, ['byType']],
  ['a service and an origin', { ...compute, origins: ['explicit'] }, ['project', 'byWebhook', 'byReview']],
  ['what nothing fits', { projects: ['main'], services: ['compute'] }, []],
])('a scope of %s', (_name, scope, expected) => {
  it('has the grants that match all of it', () => {
    const found = Object.entries(all).filter(([, item]) => isInScope(item, scope))
    expect(found.map(([name]) => name)).toEqual(expected)
  })
})

test.each([
  ['used 30 days ago', { lastUse: { read: daysBefore(30) } }, true],
  ['used 29 days ago', { lastUse: { read: daysBefore(29) } }, false],
  ['used at one level only lately', { lastUse: { read: daysBefore(1), manage: daysBefore(99) } }, false],
  ['never used and held for 30 days', { heldFrom: daysBefore(30) }, true],
  ['never used and held for 29 days', { heldFrom: daysBefore(29) }, false],
])('a scope of grants unused for 30 days, with one %s: %s', (_name, evidence, expected) => {
  expect(isInScope(anItem({ evidence: theEvidence(evidence) }), { unusedDays: 30 })).toBe(expected)
})

test.each([
  [30, true],
  [29, false],
])('a scope of grants unused for 30 days, with usage recorded for %i: %s', (days, expected) => {
  const item = anItem({ evidence: theEvidence({ knownSince: daysBefore(days) }) })
  expect(isInScope(item, { unusedDays: 30 })).toBe(expected)
})

describe('items of a user', () => {
  const resources: Resources = {
    customer: aCustomer(),
    projects: new Map([
      ['prj_1', aProject()],
      ['prj_2', aProject({ id: 'prj_2', createdAt: at('2024-12-31') })],
      ['prj_3', aProject({ id: 'prj_3', status: 'deleting' })],
    ]),
    servers: new Map([
      ['srv_1', aServer()],
      ['srv_2', aServer({ id: 'srv_2', exists: false })],
    ]),
  }
  const reviewing = { review: aReview(), since: at('2026-08-01'), now }
  const itemsOf = (
    user = aUser('customer-tech'),
    grants: Record<string, ReturnType<typeof aGrant>> = {},
    usage: Parameters<typeof itemsFor>[0]['usage'] = new Map(),
  ) =>
    itemsFor({ user, grants: new Map(Object.entries(grants)), usage }, resources, reviewing).map(
      ({ item }) => item,
    )

  it('are one for each effective grant, stored or by type', () => {
    const admin = itemsOf(aUser('customer-admin'), { 'server/srv_1': onServer('srv_1') })
    expect(admin.map(itemId)).toEqual(['usr_1.project.main', 'usr_1.project.prj_1', 'usr_1.server.srv_1'])
    expect(admin.map(({ terms }) => terms.source)).toEqual(['type', 'type', 'explicit'])
    expect(admin.map(({ label }) => label)).toEqual(['AAA000001', 'shop', 'web'])
  })

  it('are none for revoked and expired grants, nor for deleted users and resources', () => {
    const grants = {
      'project/prj_1': aGrant({ revoked: true }),
      'project/prj_2': aGrant({ resource: { kind: 'project', id: 'prj_2' }, expiresAt: now }),
      'project/prj_3': aGrant({ resource: { kind: 'project', id: 'prj_3' } }),
      'project/prj_4': aGrant({ resource: { kind: 'project', id: 'prj_4' } }),
      'server/srv_2': onServer('srv_2'),
      'server/srv_3': onServer('srv_3'),
    }
    expect(itemsOf(aUser('customer-tech'), grants)).toEqual([])
    expect(itemsOf(aUser('customer-admin', { deleted: `${now}#1` }))).toEqual([])
  })

  it('show when the user last used the grant, and when it was last reviewed', () => {
    const grants = { 'project/prj_1': aGrant(), 'server/srv_1': onServer('srv_1') }
    const usage = new Map([
      [
        'project/prj_1',
        { lastUse: { read: '2026-10-01' }, reviewedAt: at('2026-08-02'), reviewedIn: 'rev_0' },
      ],
      ['server/srv_9', { lastUse: { operate: '2026-11-01' } }],
    ])
    const [project1, server1] = itemsOf(aUser('customer-tech'), grants, usage)
    expect(project1).toMatchObject({
      lastReview: { id: 'rev_0', at: at('2026-08-02') },
      evidence: { lastUse: { read: '2026-10-01' }, elsewhere: '2026-11-01', loginLinked: false },
    })
    expect(server1).toMatchObject({
      lastReview: undefined,
      evidence: { elsewhere: '2026-11-01', asOf: today, knownSince: '2026-08-01' },
    })
    expect(server1?.evidence.lastUse).toBeUndefined()
  })

  it('tell since when a user of this type has held the grant', () => {
    const retyped = aUser('customer-client', {
      types: [
        { type: 'customer-tech', at: `${at('2025-01-01')}#1` },
        { type: 'customer-client', at: `${at('2026-11-20')}#1` },
      ],
    })
    const since = [aUser('customer-tech'), retyped].map((user) => {
      const grants = new Map([['project/prj_1', aGrant()]])
      return itemsFor({ user, grants, usage: new Map() }, resources, reviewing)[0]?.since
    })
    expect(since).toEqual([aGrant().grantedAt, at('2026-11-20')])
  })

  it('are held since the grant, or by type since the user has it', () => {
    const promoted = aUser('customer-tech', {
      types: [
        { type: 'customer-tech', at: `${at('2025-01-01')}#1` },
        { type: 'customer-admin', at: `${at('2026-11-20')}#1`, since: '0000-01-01T00:00:00.000000000Z' },
      ],
    })
    const [main, first] = itemsOf(promoted)
    expect([main?.evidence.heldFrom, first?.evidence.heldFrom]).toEqual(['2026-11-20', '2026-11-20'])
    expect(first?.recommendation).toEqual({ advice: 'keep', because: 'new' })
    const [granted] = itemsOf(aUser('customer-tech'), { 'project/prj_1': aGrant() })
    expect(granted?.evidence.heldFrom).toBe('2025-03-01')
  })
})
