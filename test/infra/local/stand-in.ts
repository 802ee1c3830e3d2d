import { Hono } from 'hono'
import type { Context, Functions } from '../../../infra/local/compose.ts'
import { clients, issuerPath } from '../../../infra/local/issuer/names.ts'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { createWebhookVerifier } from '../../../shared/auth/webhook-signature.ts'

type Listed = { id: string; type: string; status: string; reason?: string }

export type StandIn = {
  compose: (context: Context) => Functions
  /** What was recorded, by id. */
  deliveries: Map<string, Listed>
  /** How often each id was posted. */
  posts: Map<string, number>
}

/**
 * Stands in for the functions where a test is about what is around them: records what is signed rightly, with the
 * status that `judge` says, and answers who a token is. Where `answer` gives a status, a post gets that and no more.
 */
export function fakeService(
  judge: (id: string) => { status: string; reason?: string } = () => ({ status: 'applied' }),
  answer: (id: string, attempt: number) => number | undefined = () => undefined,
): StandIn {
  const deliveries = new Map<string, Listed>()
  const posts = new Map<string, number>()
  const compose = ({ origin, folder, wallClock }: Context): Functions => {
    const verifyToken = createTokenVerifier({
      issuer: `${origin}${issuerPath}`,
      audience: origin,
      operatorClients: [clients.operator],
      checkClients: [clients.check],
      operatorGroups: [],
      now: wallClock,
    })
    const verifySignature = createWebhookVerifier(folder.webhooks, wallClock)
    const api = new Hono()
      .get('/who', async (c) => c.json(await verifyToken(c.req.header('authorization'))))
      .get('/v1/deliveries', async (c) => {
        if ((await verifyToken(c.req.header('authorization'))).kind !== 'operator') return c.body(null, 403)
        const all = [...deliveries.values()].filter(({ status }) => status === c.req.query('status'))
        const from = Number(c.req.query('cursor') ?? 0)
        const nextCursor = from + 2 < all.length ? String(from + 2) : undefined
        return c.json({ items: all.slice(from, from + 2), nextCursor })
      })
      .get('/v1/deliveries/:source/:id', (c) => {
        const found = deliveries.get(c.req.param('id'))
        return found ? c.json(found) : c.json({ code: 'not-found' }, 404)
      })
      .get('/v1/customers/:id/export', (c) =>
        c.req.param('id') === 'ABC000001'
          ? c.body('{"line":1}\n{"line":2}\n')
          : c.json({ code: 'not-found', detail: 'no such customer' }, 404),
      )
    const webhooks = new Hono().post('/webhooks/:source', async (c) => {
      const id = c.req.header('webhook-id') ?? ''
      const body = await c.req.text()
      const attempt = (posts.get(id) ?? 0) + 1
      posts.set(id, attempt)
      const headers = {
        id,
        timestamp: c.req.header('webhook-timestamp'),
        signature: c.req.header('webhook-signature'),
      }
      if (!verifySignature(c.req.param('source'), headers, Buffer.from(body))) return c.body(null, 401)
      const refused = answer(id, attempt)
      if (refused) return Response.json({ detail: 'no' }, { status: refused })
      const { type }: { type: string } = JSON.parse(body)
      deliveries.set(id, { id, type, ...judge(id) })
      return c.json({ id, status: 'received' }, 202)
    })
    return { api, access: new Hono(), webhooks, workers: [] }
  }
  return { compose, deliveries, posts }
}
