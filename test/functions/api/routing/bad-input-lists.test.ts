import { beforeAll, describe, expect, it } from 'vitest'
import { documentedRoutes as routes } from '../../../../infra/openapi/documented.ts'
import { type Scene, seedScene, send } from '../changes.ts'
import { filled } from '../changes/route-requests.ts'
import { openReview } from '../open-review.ts'
import { told } from './refused.ts'
import { startWorld } from '../world.ts'

const world = await startWorld()
const scene = await seedScene(world)
const other = await seedScene(world)

const lists = routes.filter(({ response }) => response.list)
const filters = [
  ['/v1/customers', 'status=active'],
  ['/v1/customers/{c}/users', 'type=customer-tech'],
  ['/v1/customers/{c}/events', 'type=user.created'],
  ['/v1/customers/{c}/reviews/{r}/items', 'state=open'],
  ['/v1/deliveries', 'status=received'],
] as const
/** What a list requires besides. */
let time: string | undefined
const requiredBy: Record<string, (of: Scene) => string> = {
  '/v1/customers/{c}/access/at': ({ customerId }) =>
    `time=${(time ??= world.now().toISOString())}&resource=customer/${customerId}&`,
}
const both = scene.mail('both')

const reviews = new Map<Scene, string>()
const pathOf = (path: string, of: Scene) => {
  const r = reviews.get(of) ?? ''
  return filled(path, { c: of.customerId, u: of.id.admin, p: of.id.web, s: 'vps-1', r })
}

describe('lists', () => {
  let login = ''
  beforeAll(async () => {
    for (const each of [scene, other]) {
      for (const email of [both, each.mail('one-more')]) {
        const user = { customerId: each.customerId, email, name: 'B', type: 'customer-tech', main: true }
        await world.event('user.created', user)
      }
      const server = { customerId: each.customerId, serverId: 'vps-2', hostname: 'two.example' }
      await world.event('server.created', server)
      const user = { customerId: each.customerId, user: each.mail('admin') }
      for (const serverId of ['vps-1', 'vps-2']) {
        await world.event('server.assigned', { ...user, serverId, capabilities: [] })
      }
      const cancelled = await openReview(world, {
        customerId: each.customerId,
        operator: each.token.operator,
      })
      await send(each, {
        method: 'POST',
        path: `${each.at}/reviews/${cancelled}/cancel`,
        token: each.token.admin,
      })
      reviews.set(each, await each.review())
      for (const name of ['a', 'b']) {
        await world.deliver(`${name}-${each.customerId}`, 'user.deleted', { customerId: each.customerId })
      }
    }
    login = await world.person(both)
  })

  const page = (path: string, query: string, of = scene) =>
    world.ask(
      `${pathOf(path, of)}?${requiredBy[path]?.(of) ?? ''}${query}`,
      path === '/v1/me' ? login : of.token.operator,
    )
  const cursors = new Map<string, Promise<string>>()
  const cursorOf = (path: string, of = scene) => {
    const place = `${of.customerId} ${path}`
    const cursor = cursors.get(place) ?? page(path, 'limit=1', of).then(({ body }) => body.nextCursor ?? '')
    cursors.set(place, cursor)
    return cursor
  }
  const noCursor = {
    status: 400,
    code: 'invalid-request',
    detail: 'The cursor is not one of this list.',
    errors: [{ pointer: 'cursor', detail: 'must be the nextCursor of a page of the same list' }],
  }

  describe.each(lists)('$id', ({ path }) => {
    it('has no limit but from 1 to 200', async () => {
      for (const limit of ['0', '201']) {
        const detail = 'must be a whole number from 1 to 200'
        expect([limit, told(await page(path, `limit=${limit}`))]).toEqual([
          limit,
          {
            status: 400,
            code: 'invalid-request',
            detail: 'The limit must be a whole number from 1 to 200.',
            errors: [{ pointer: 'limit', detail }],
          },
        ])
      }
    })

    it('goes on at its cursor, and at none that was changed', async () => {
      const cursor = await cursorOf(path)
      expect((await page(path, `cursor=${cursor}`)).status).toBe(200)
      const middle = Math.floor(cursor.length / 2)
      const letter = cursor[middle] === 'A' ? 'B' : 'A'
      for (const bad of [
        `${cursor.slice(0, middle)}${letter}${cursor.slice(middle + 1)}`,
        cursor.slice(0, -2),
        `${cursor}AA`,
        `${cursor}=`,
        cursor.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
        '',
        '%00',
        'A'.repeat(9000),
      ]) {
        expect(told(await page(path, `cursor=${bad}`))).toEqual(noCursor)
      }
    })

    it('takes no cursor of another list or customer', async () => {
      for (const each of lists) {
        const others = [path === each.path ? '' : await cursorOf(each.path)]
        if (each.path.includes('{c}')) others.push(await cursorOf(each.path, other))
        for (const cursor of others.filter((found) => found !== '')) {
          expect(told(await page(path, `cursor=${cursor}`))).toEqual(noCursor)
        }
      }
    })
  })

  it.each(filters)('takes no cursor of the same without a filter: %s?%s', async (path, filter) => {
    const cursor = await cursorOf(path)
    expect(told(await page(path, `cursor=${cursor}&${filter}`))).toEqual(noCursor)
  })
})
