import { Hono } from 'hono'
import type { Context, Functions } from '../../../infra/local/compose.ts'
import { localVerifier } from './stand-in.ts'

type Opened = { customerId: string; startedAt: number; looks: { opening: number; applying: number } }

const day = 86_400_000

/**
 * Stands in for the API of reviews: one is opening for the first two looks, open for 14 days of the service's time,
 * applying for two looks more, and closed. Its id says its customer, and which of its reviews it is.
 */
export function reviewStandIn() {
  const reviews = new Map<string, Opened>()
  const reasons: (string | undefined)[] = []
  const reviewsOf = (customerId: string) =>
    [...reviews].filter(([, opened]) => opened.customerId === customerId).toReversed()
  const compose = (context: Context): Functions => {
    const verifyToken = localVerifier(context)
    const { now } = context
    const path = '/v1/customers/:c/reviews'
    const api = new Hono()
      .use(async (c, next) => {
        const { kind } = await verifyToken(c.req.header('authorization'))
        return kind === 'operator' ? next() : c.body(null, 403)
      })
      .post(path, async (c) => {
        const customerId = c.req.param('c')
        if ((await c.req.text()) !== '{}') return c.body(null, 400)
        if (customerId === 'NOBODY') return c.json({ detail: 'There is no such customer.' }, 404)
        reasons.push(c.req.header('x-reason'))
        const id = `${customerId}-${reviewsOf(customerId).length + 1}`
        const opened = { customerId, startedAt: now().getTime(), looks: { opening: 0, applying: 0 } }
        reviews.set(id, opened)
        return c.json(present(id, opened, now()), 201)
      })
      .get(path, (c) => {
        const listed = reviewsOf(c.req.param('c'))
        return c.json({ items: listed.map(([id, opened]) => present(id, opened, now())) })
      })
      .get(`${path}/:r`, (c) => {
        const opened = reviews.get(c.req.param('r'))
        if (!opened) return c.body(null, 404)
        const isEnded = now().getTime() >= endOf(opened)
        opened.looks[isEnded ? 'applying' : 'opening']++
        return c.json(present(c.req.param('r'), opened, now()))
      })
    return { api, access: new Hono(), webhooks: new Hono(), workers: [] }
  }
  return { compose, reasons }
}

const endOf = ({ startedAt }: Opened) => startedAt + 14 * day

function present(id: string, review: Opened, now: Date) {
  const { customerId, startedAt, looks } = review
  const started = { id, customerId, startedAt: new Date(startedAt).toISOString() }
  if (looks.opening <= 2) return { ...started, state: 'opening' }
  const opened = { ...started, items: 137, endsAt: new Date(endOf(review)).toISOString() }
  if (now.getTime() < endOf(review)) return { ...opened, state: 'open' }
  if (looks.applying <= 2) return { ...opened, state: 'applying', outcomes: { kept: 60 * looks.applying } }
  return { ...opened, state: 'closed', outcomes: { kept: 120, reduced: 3, revoked: 14 } }
}
