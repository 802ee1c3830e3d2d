import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll } from 'vitest'
import type { Context, Functions } from '../../../infra/local/compose.ts'
import { clients, issuerPath } from '../../../infra/local/issuer/names.ts'
import { startService } from '../../../infra/local/service.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { createTokenVerifier } from '../../../shared/auth/tokens.ts'
import { createWebhookVerifier } from '../../../shared/auth/webhook-signature.ts'

type Listed = { id: string; type: string; status: string; reason?: string }

/** The service around such functions, in the test's folder, on any free port; ended with the test file. */
export async function startAround(home: string, compose: (context: Context) => Functions) {
  const dataFolder = join(home, 'data')
  const settings = {
    ...readSettings({ PORT: '0', LATCHKEY_DATA: dataFolder }),
    home: join(home, '.latchkey'),
  }
  const service = await startService(settings, { wallClock: () => new Date(), log: () => {}, compose })
  afterAll(service.stop)
  return { ...service, dataFolder, PORT: new URL(service.origin).port }
}

/** Verifies the tokens of the local issuer. */
export const localVerifier = ({ origin, wallClock }: Context) =>
  createTokenVerifier({
    issuer: `${origin}${issuerPath}`,
    audience: origin,
    operatorClients: [clients.operator],
    checkClients: [clients.check],
    operatorGroups: [],
    now: wallClock,
  })

/**
 * Stands in for the functions in tests of their surroundings: records signed deliveries, with the status that `judge`
 * says, and answers whose a token is. Where `answer` gives a status, a post gets that and no more.
 */
export function fakeService(
  judge: (id: string) => { status: string; reason?: string } = () => ({ status: 'applied' }),
  answer: (id: string, attempt: number) => number | undefined = () => undefined,
) {
  const deliveries = new Map<string, Listed>()
  /** How often each id was posted. */
  const posts = new Map<string, number>()
  const compose = (context: Context): Functions => {
    const verifyToken = localVerifier(context)
    const verifySignature = createWebhookVerifier(context.folder.webhooks, context.wallClock)
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
      const [timestamp, signature] = [c.req.header('webhook-timestamp'), c.req.header('webhook-signature')]
      const signed = { id, timestamp, signature }
      if (!verifySignature(c.req.param('source'), signed, Buffer.from(body))) return c.body(null, 401)
      const refused = answer(id, attempt)
      if (refused) return Response.json({ detail: 'no' }, { status: refused })
      const { type }: { type: string } = JSON.parse(body)
      deliveries.set(id, { id, type, ...judge(id) })
      return c.json({ id, status: 'received' }, 202)
    })
    return { api, access: new Hono(), webhooks, workers: [] }
  }
  return { compose, posts }
}
