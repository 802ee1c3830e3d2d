import { beforeAll, describe, expect, it } from 'vitest'
import { applyDelivery } from '../../../../functions/provisioning/apply-delivery.ts'
import { keys } from '../../../../shared/table/keys.ts'
import { acme, mail, startAcme } from '../acme.ts'

const { world, tokens, get: read } = await startAcme()
const { operator } = tokens

/** Two applied, one that waits, one that failed, one just received; and one of another source. */
beforeAll(async () => {
  const customerId = acme
  const user = (name: string) => ({ customerId, email: mail(name), name, type: 'customer-tech' })
  await world.deliver('ok-1', 'user.created', user('ok1'))
  await world.deliver('ok-2', 'user.created', user('ok2'))
  await world.deliver('waits', 'user.disabled', { customerId, user: mail('later') })
  await world.deliver('fails', 'user.deleted', { customerId, user: mail('owner') })
  for (const id of ['ok-1', 'ok-2', 'waits', 'fails']) await apply(id)
  await world.deliver('new', 'user.created', user('new'))
  await world.deliver('ok-1', 'user.created', user('panel'), 'panel')
})

const sources = () => ({ orders: {} })
const customerIdPattern = /^[A-Z]{3}[0-9]{6}$/
const apply = (id: string) =>
  applyDelivery(
    { table: world.table, sources, customerIdPattern, log: () => {} },
    keys.delivery('orders', id),
  )
const get = (path: string) => read(`/v1/deliveries${path}`, 'operator')
const idsOf = async (query: string) => (await get(query)).items.map(({ id }) => id)

const retry = (id: string) =>
  world.send('POST', `/v1/deliveries/orders/${id}/retry`, operator, undefined, { 'x-reason': 'mended' })

describe('deliveries', () => {
  it('are represented, without what was sent', async () => {
    expect(await get('/orders/ok-1')).toEqual({
      source: 'orders',
      id: 'ok-1',
      type: 'user.created',
      customerId: acme,
      timestamp: expect.stringMatching(/Z$/),
      receivedAt: expect.stringMatching(/Z$/),
      status: 'applied',
      attempts: 1,
    })
    expect(await get('/orders/waits')).toMatchObject({
      status: 'waiting',
      reason: 'no user has this e-mail address',
      nextAttemptAt: expect.stringMatching(/Z$/),
    })
  })

  it.each([
    ['?source=orders&status=applied', ['ok-2', 'ok-1']],
    ['?source=orders&status=waiting', ['waits']],
    ['?source=orders&status=failed', ['fails']],
    ['?source=orders&status=superseded', []],
    ['?source=orders', ['new', 'ok-2', 'ok-1', 'waits', 'fails']],
    ['?source=panel', ['ok-1']],
    ['?source=elsewhere', []],
    ['?status=received', ['new', 'ok-1']],
    ['', ['new', 'ok-2', 'ok-1', 'waits', 'fails', 'ok-1']],
  ])('are listed newest first, status by status: %s', async (query, expected) => {
    expect(await idsOf(query)).toEqual(expected)
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = `limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`
      const body = await get(query === '' ? `?${page}` : `${query}&${page}`)
      seen.push(...body.items.map(({ id }) => id))
      cursor = body.nextCursor
    } while (cursor !== undefined)
    expect(seen).toEqual(expected)
  })

  it.each(['?status=done', '?source=a%23b', '?sources=orders', '?source='])('refuse %s', async (query) => {
    expect((await world.ask(`/v1/deliveries${query}`, operator)).status).toBe(400)
  })

  const unknown = ['/orders/none', '/none/ok-1', '/orders/a%23b', `/orders/${'x'.repeat(2000)}`]
  it.each(unknown)('there is none at %s', async (path) => {
    const answer = await world.ask(`/v1/deliveries${path}`, operator)
    expect([answer.status, answer.body.detail]).toEqual([404, 'There is no such delivery.'])
  })
})

describe('a retry', () => {
  it.each(['waits', 'fails'])('makes what %s due at once', async (id) => {
    const answer = await retry(id)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ id, status: 'received', nextAttemptAt: world.now().toISOString() })
    expect(answer.body).not.toHaveProperty('reason')
  })

  it('gives a failed one its chance', async () => {
    const later = { customerId: acme, email: mail('later'), name: 'L', type: 'customer-tech' }
    await world.event('user.created', later)
    await world.deliver('again', 'user.disabled', { customerId: acme, user: mail('later') })
    await apply('again')
    expect((await get('/orders/again')).status).toBe('applied')
  })

  it.each(['ok-1', 'again'])('of what was applied (%s) is a conflict', async (id) => {
    const answer = await retry(id)
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict'])
  })
})
