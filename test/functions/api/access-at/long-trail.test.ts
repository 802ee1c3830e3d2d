import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { describe, expect, it } from 'vitest'
import { ulid } from 'ulid'
import { instantOf } from '../../../../shared/domain/values/instant.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { acme, mail, startAcme } from '../acme.ts'

let beforeItems: (() => Promise<void>) | undefined
const { world, at, ids } = await startAcme({
  interpose: (table) => ({
    ...table,
    getMany: async (wanted) => {
      const work = beforeItems
      beforeItems = undefined
      await work?.()
      return table.getMany(wanted)
    },
  }),
})
const { tech, owner, web } = ids
const minute = 60_000
const pass = (milliseconds: number) => world.setTime(new Date(world.now().getTime() + milliseconds))
function moment(): string {
  pass(1)
  const now = world.now().toISOString()
  pass(1)
  return now
}

const revoke = async () => {
  const path = `${at}/projects/${web}/members/${tech}`
  const headers = { 'x-reason': 'a test' }
  expect((await world.send('DELETE', path, await world.operator(), undefined, headers)).status).toBe(204)
}
const grant = async () => {
  const path = `${at}/projects/${web}/members/${tech}`
  const headers = { 'x-reason': 'a test' }
  const answer = await world.send('PUT', path, await world.operator(), { roles: ['full'] }, headers)
  expect([200, 201]).toContain(answer.status)
}

/** So many megabytes of the audit trail, a second an event. */
async function fillTrail(megabytes: number): Promise<void> {
  const reason = 'x'.repeat(20_000)
  const events = Array.from({ length: megabytes * 50 }, (_, place) => {
    pass(1000)
    const now = instantOf(world.now())
    const id = ulid(world.now().getTime())
    const resource = { type: 'server', id: `s${place}` }
    const changes = [{ resource, version: 1, after: { hostname: 'h' } }]
    const actor = { kind: 'system', id: 'test' }
    const event = {
      id,
      customerId: acme,
      at: now,
      committedAt: now,
      actor,
      type: 'server.created',
      reason,
      changes,
    }
    return { ...event, ...keys.event(acme, id), version: 1 }
  })
  for (let from = 0; from < events.length; from += 25) {
    const batch = events.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }))
    await world.documents.send(new BatchWriteCommand({ RequestItems: { [world.tableName]: batch } }))
  }
}

type Row = { user: { id: string }; resource: { id: string } }

/** All rows, and how many calls and requests it took. */
async function ask(query: Record<string, string>) {
  const rows: Row[] = []
  const requests: number[] = []
  let cursor: string | undefined
  do {
    const parameters = new URLSearchParams({ ...query, ...(cursor !== undefined && { cursor }) })
    const token = await world.person(mail('owner'))
    const sent = await world.requestsOf(async () => {
      const { status, body } = await world.ask(`${at}/access/at?${parameters.toString()}`, token)
      expect(status).toBe(200)
      rows.push(...(body.items as unknown as Row[]))
      cursor = body.nextCursor
    })
    requests.push(sent.length)
  } while (cursor !== undefined)
  return { rows, requests }
}

// The first request of a login links it.
await world.ask(at, await world.person(mail('owner')))

const ofPair = { subject: `user/${tech}`, resource: `project/${web}` }

describe('after many changes', () => {
  it('the first calls answer nothing, keep what they have read, and no call makes more than ten requests', async () => {
    const then = moment()
    await revoke()
    await fillTrail(9)
    await grant()
    pass(20 * minute)
    for (const query of [
      ofPair,
      { subject: `user/${owner}` },
      { resource: `project/${web}` },
      { resource: `customer/${acme}` },
    ]) {
      const { rows, requests } = await ask({ time: then, ...query })
      expect(rows.length).toBeGreaterThan(0)
      expect(Math.max(...requests)).toBeLessThanOrEqual(10)
      expect(requests.length).toBeLessThanOrEqual(4)
    }
    const { rows } = await ask({ time: then, ...ofPair })
    expect(rows.map(({ user }) => user.id)).toEqual([tech])
    // Every call of this time goes on from what is kept: a single one is enough by now.
    expect((await ask({ time: then, ...ofPair })).requests).toHaveLength(1)
    await revoke()
  })

  it('of a moment ago, of which nothing can be kept, it is to be tried again', async () => {
    const then = moment()
    await fillTrail(9)
    world.setTime(new Date(Date.parse(then) + 8 * minute))
    const parameters = new URLSearchParams({ time: then, ...ofPair })
    const { status, body, headers } = await world.ask(
      `${at}/access/at?${parameters.toString()}`,
      await world.operator(),
    )
    expect([status, body.code, headers.has('retry-after')]).toEqual([503, 'unavailable', true])
    pass(20 * minute)
    await ask({ time: then, ...ofPair })
  })
})

it('a change that is committed while the answer is made is none of that time', async () => {
  for (const query of [ofPair, { subject: `user/${tech}` }, { resource: `project/${web}` }]) {
    pass(20 * minute)
    await grant()
    const then = moment()
    beforeItems = async () => {
      pass(1)
      await revoke()
    }
    const { rows } = await ask({ time: then, ...query })
    expect(rows.some(({ user, resource }) => user.id === tech && resource.id === web)).toBe(true)
    expect(beforeItems).toBeUndefined()
  }
})

describe('of a large customer', () => {
  it('every page is of ten requests at most, and all of them together have everybody', async () => {
    const customerId = acme
    const many = Array.from({ length: 70 }, (_, each) => each)
    await world.eventsAtOnce(
      many.flatMap((each) => [
        [
          'user.created',
          { customerId, email: mail(`u${each}`), name: 'U', type: 'customer-tech', main: true },
        ],
        ['server.created', { customerId, serverId: `m${each}`, hostname: 'h' }],
        ['project.created', { customerId, name: `p${each}` }],
      ]),
    )
    await world.eventsAtOnce(
      many.flatMap((each) => [
        ['membership.granted', { customerId, project: 'web', user: mail(`u${each}`), roles: ['full'] }],
        ['server.assigned', { customerId, serverId: `m${each}`, user: mail('u0'), capabilities: [] }],
        ['membership.granted', { customerId, project: `p${each}`, user: mail('u0'), roles: ['full'] }],
      ]),
    )
    const then = moment()
    await world.eventsAtOnce(
      many.flatMap((each) => [
        ['membership.revoked', { customerId, project: 'web', user: mail(`u${each}`), roles: [] }],
      ]),
    )
    const u0 = await world.userId(acme, mail('u0'))
    const expected = [
      [{ resource: `project/${web}` }, 70],
      [{ subject: `user/${u0}` }, 141],
      [{ subject: `user/${owner}` }, 140],
    ] as const
    for (const [query, count] of expected) {
      for (const limit of ['20', '200']) {
        const { rows, requests } = await ask({ time: then, ...query, limit })
        const found = new Set(rows.map(({ user, resource }) => `${user.id} ${resource.id}`))
        expect(found.size).toBe(rows.length)
        expect(rows.length).toBeGreaterThanOrEqual(count)
        expect(Math.max(...requests)).toBeLessThanOrEqual(10)
      }
    }
  }, 300_000)
})
