import { expect, it } from 'vitest'
import { snapshotOf } from '../../../../shared/openstack/plan/snapshot.ts'

function counted<T extends object>(item: T): { item: T; reads: () => number } {
  let reads = 0
  const get = (target: T, name: string | symbol, receiver: unknown): unknown => {
    reads++
    return Reflect.get(target, name, receiver)
  }
  return { item: new Proxy(item, { get }), reads: () => reads }
}

it('indexes lists that many projects share once', () => {
  const common = { enabled: true, domainId: 'default' }
  const things = [
    counted({ ...common, id: 'p1', name: 'BGE000081_web', description: '', tags: ['latchkey'] }),
    counted({ ...common, id: 'u1', name: 'BGE000081_ann', latchkeyUserId: 'U1', federatedId: 'ann' }),
  ] as const
  const [{ item: project }, { item: user }] = things
  const lists = { projects: [project], users: [user], federated: [user], roles: [] }
  snapshotOf({ ...lists, assignments: [] })
  const reads = things.map((thing) => thing.reads())
  const snapshots = Array.from({ length: 100 }, () => snapshotOf({ ...lists, assignments: [] }))
  expect(things.map((thing) => thing.reads())).toEqual(reads)
  for (const snapshot of snapshots) {
    expect(snapshot.projectNamed('BGE000081_web')).toBe(project)
    expect(snapshot.usersOf('U1')).toEqual([user])
    expect(snapshot.holderOf('ann')).toBe('u1')
  }
})

it('indexes another list separately', () => {
  const found = { projects: [], users: [], roles: [{ id: 'r1', name: 'Member' }], assignments: [] }
  const user = { id: 'u1', name: 'x', enabled: true, domainId: 'default', latchkeyUserId: 'U1' }
  expect(snapshotOf(found).isOurs('u1')).toBe(false)
  expect(snapshotOf({ ...found, users: [user] }).isOurs('u1')).toBe(true)
})
