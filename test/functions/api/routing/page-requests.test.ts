import { beforeAll, describe, expect, it } from 'vitest'
import { mail } from '../acme.ts'
import { openReview } from '../open-review.ts'
import { startWorld } from '../world.ts'

const customerId = 'BIG000001'
const crowd = Array.from({ length: 210 }, (_, each) => each)
const world = await startWorld()
const at = `/v1/customers/${customerId}`
let [token, techId, ownerId, p0, review] = ['', '', '', '', '']

beforeAll(async () => {
  const mainCustomer = { name: 'O', email: mail('owner') }
  await world.event('customer.created', { customerId, organisation: 'Big', mainCustomer })
  await world.event('project.created', { customerId, name: 'p0' })
  await world.eventsAtOnce(
    crowd.flatMap((each) => [
      ['user.created', { customerId, email: mail(`u${each}`), name: 'U', type: 'customer-tech' }],
      ['server.created', { customerId, serverId: `s${each}`, hostname: 'h' }],
    ]),
  )
  await world.eventsAtOnce(
    crowd.flatMap((each) => [
      ['membership.granted', { customerId, project: 'p0', user: mail(`u${each}`), roles: ['full'] }],
      ['server.assigned', { customerId, serverId: `s${each}`, user: mail('u0'), capabilities: [] }],
    ]),
  )
  token = await world.person(mail('owner'))
  p0 = await world.projectId(customerId, 'p0')
  ownerId = await world.userId(customerId, mail('owner'))
  techId = await world.userId(customerId, mail('u0'))
  await world.ask('/v1/me', token)
  review = await openReview(world, { customerId, operator: await world.operator() })
})

describe('the largest page is of ten requests at most', () => {
  it.each([
    ['users', () => '/users'],
    ['users of one type', () => '/users?type=customer-tech'],
    ['users by a part of their address', () => '/users?name=u'],
    ['servers by a part of their id', () => '/servers?name=s'],
    ['what somebody may do', () => `/users/${ownerId}/access`],
    ['members', () => `/projects/${p0}/members`],
    ['servers', () => '/servers'],
    ['grants', () => `/users/${techId}/grants`],
    ['events', () => '/events'],
    ['events of one kind', () => '/events?type=server.created'],
    ['items of a review', () => `/reviews/${review}/items`],
    ['items in one state', () => `/reviews/${review}/items?state=open`],
  ])('of %s', async (_what, path) => {
    const query = path().includes('?') ? '&' : '?'
    const requests = await world.requestsOf(async () => {
      const { body } = await world.ask(`${at}${path()}${query}limit=200`, token)
      expect(body.items).toHaveLength(200)
      expect(body.nextCursor).toBeDefined()
    })
    expect(requests.length).toBeLessThanOrEqual(10)
  })

  it.each([
    ['members by a part of their address', () => `/projects/${p0}/members?user=u`],
    ['members by role', () => `/projects/${p0}/members?role=dns:read`],
    ['grants on servers', () => `/users/${techId}/grants?kind=server`],
    ['servers that are not there', () => '/servers?name=nothing'],
    ['users who are not there', () => '/users?name=nobody'],
  ])('of %s, of which a page looks at some', async (_what, path) => {
    const requests = await world.requestsOf(async () => {
      expect((await world.ask(`${at}${path()}&limit=200`, token)).status).toBe(200)
    })
    expect(requests.length).toBeLessThanOrEqual(10)
  })
})
