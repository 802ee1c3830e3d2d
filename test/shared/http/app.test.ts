import { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { DomainError, type ErrorCode } from '../../../shared/domain/values/errors.ts'
import { type HttpEnv, requestId } from '../../../shared/http/request/request-id.ts'
import { accessLog } from '../../../shared/http/response/access-log.ts'
import { bearerChallenge, webhookChallenge } from '../../../shared/http/response/challenge.ts'
import { methodsOfRoutes, onNoRoute } from '../../../shared/http/response/methods.ts'
import { onProblem } from '../../../shared/http/response/on-problem.ts'
import type { LogFields } from '../../../shared/runtime/log.ts'

const publicUrl = 'https://api.latchkey.test'
const metadata = 'resource_metadata="https://api.latchkey.test/.well-known/oauth-protected-resource"'
const made = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

let lines: { level: string; message: string; fields: LogFields | undefined }[] = []
let time = 0
beforeEach(() => {
  lines = []
  time = 0
})
const log = (level: string, message: string, fields?: LogFields) =>
  void lines.push({ level, message, fields })

function rethrow(error: Error): never {
  throw error
}

const methodsOf = methodsOfRoutes([{ method: 'get', path: '/fails' }])

function appThat(throws: () => Error) {
  const app = new Hono<HttpEnv>()
  app.use(
    '*',
    requestId(),
    accessLog(log, () => new Date(time)),
  )
  app.onError(onProblem(log, bearerChallenge(`${publicUrl}/`)))
  app.notFound(onNoRoute(methodsOf))
  app.get('/fails', () => rethrow(throws()))
  const customers = new Hono<HttpEnv>()
  customers.get('/:c/users/:u', (c) => {
    time += 12
    return c.json({ requestId: c.get('requestId') })
  })
  customers.get('/foreign', () => Response.json({ own: true }))
  app.route('/v1/customers', customers)
  const prescribed = new Hono<HttpEnv>()
  prescribed.onError(
    onProblem(log, bearerChallenge(publicUrl), (c, problem) =>
      c.json(problem.detail ?? problem.title, problem.status),
    ),
  )
  prescribed.get('/fails', () => rethrow(throws()))
  app.route('/prescribed', prescribed)
  return app
}
const app = appThat(() => new Error('unused'))

const idOf = async () => (await app.request('/v1/customers/c/users/u')).headers.get('x-request-id')

describe('the request id', () => {
  it.each(['abc', 'A.b_c-9', 'a b', 'a,b', '<script>', '{"a":1}', '~', 'x'.repeat(128)])(
    'of the caller is echoed: %s',
    async (id) => {
      const response = await app.request('/v1/customers/c/users/u', { headers: { 'X-Request-Id': id } })
      expect(response.headers.get('x-request-id')).toBe(id)
      expect(await response.json()).toEqual({ requestId: id })
    },
  )

  it.each(['', ' ', 'x'.repeat(129), 'ä', 'a\tb', '\x80'])('that is unsafe is replaced: %s', async (id) => {
    const response = await app.request('/v1/customers/c/users/u', { headers: { 'X-Request-Id': id } })
    expect(response.headers.get('x-request-id')).toMatch(made)
  })

  it('is made where absent, another one each time', async () => {
    const [first, second] = [await idOf(), await idOf()]
    expect(first).toMatch(made)
    expect(first).not.toBe(second)
  })

  it.each(['/fails', '/prescribed/fails', '/nowhere', '/v1/customers/foreign'])(
    'is on every response: %s',
    async (path) => {
      const response = await app.request(path, { headers: { 'X-Request-Id': 'given' } })
      expect(response.headers.get('x-request-id')).toBe('given')
    },
  )
})

describe('a DomainError', () => {
  const statuses: Record<ErrorCode, number> = {
    'invalid-request': 400,
    unauthenticated: 401,
    forbidden: 403,
    'not-found': 404,
    'method-not-allowed': 405,
    conflict: 409,
    locked: 409,
    'type-ceiling': 409,
    quota: 409,
    stale: 412,
    'precondition-required': 428,
    'too-large': 413,
    'unsupported-media-type': 415,
    'idempotency-mismatch': 422,
    throttled: 429,
    unavailable: 503,
  }
  const codes = Object.entries(statuses)
  const isCode = (code: string): code is ErrorCode => Object.hasOwn(statuses, code)

  it.each(codes)('%s becomes problem details with status %i', async (code, status) => {
    if (!isCode(code)) throw new Error(code)
    const failing = appThat(() => new DomainError(code, 'What the caller should know.'))
    const response = await failing.request('/fails', { headers: { 'X-Request-Id': 'r1' } })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      type: `urn:latchkey:problem:${code}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      detail: 'What the caller should know.',
      code,
      requestId: 'r1',
    })
    const retries = ['throttled', 'unavailable'].includes(code)
    expect(/^[1-9]\d*$/.test(response.headers.get('retry-after') ?? '')).toBe(retries)
    expect(response.headers.has('www-authenticate')).toBe(code === 'unauthenticated')
  })

  it('names the fields that do not fit', async () => {
    const errors = [{ pointer: '/email', detail: 'must be an e-mail address' }]
    const failing = appThat(() => new DomainError('invalid-request', 'The body does not fit.', errors))
    expect(await (await failing.request('/fails')).json()).toMatchObject({ errors })
  })

  it('unauthenticated names the place of the metadata, and whether a token was invalid', async () => {
    const failing = appThat(() => new DomainError('unauthenticated', 'No.'))
    const challenge = async (headers: Record<string, string>) =>
      (await failing.request('/fails', { headers })).headers.get('www-authenticate')
    expect(await challenge({})).toBe(`Bearer ${metadata}`)
    expect(await challenge({ authorization: 'Bearer x' })).toBe(`Bearer error="invalid_token", ${metadata}`)
  })

  it('unauthenticated names no tokens where an app takes none', async () => {
    const webhooks = new Hono()
    webhooks.use(requestId())
    webhooks.onError(onProblem(log, webhookChallenge))
    webhooks.get('/', () => rethrow(new DomainError('unauthenticated', 'No.')))
    const response = await webhooks.request('/')
    const challenge = 'StandardWebhooks headers="webhook-id webhook-timestamp webhook-signature"'
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge])
    expect(await response.json()).toHaveProperty('requestId', response.headers.get('x-request-id'))
  })

  it('gets the body that another specification prescribes, with the same status and headers', async () => {
    const failing = appThat(() => new DomainError('unauthenticated', 'No.'))
    const response = await failing.request('/prescribed/fails')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(`Bearer ${metadata}`)
    expect(await response.json()).toBe('No.')
  })

  it('unavailable is logged with what caused it, but for its message', async () => {
    const failing = appThat(() => {
      const error = new DomainError('unavailable', 'Try again.')
      error.cause = Object.assign(new TypeError('connect 10.0.0.1'), { code: 'ECONNREFUSED' })
      return error
    })
    await failing.request('/fails', { headers: { 'X-Request-Id': 'r1' } })
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { requestId: 'r1', code: 'unavailable' } })
    expect(lines[0]?.fields?.error).toMatch(/^TypeError ECONNREFUSED\n {4}at /)
    expect(JSON.stringify(lines)).not.toContain('10.0.0.1')
  })
})

describe('an error that nobody expected', () => {
  const failing = appThat(() => new TypeError('cannot read ada@example.com\n    at secret (body.ts:1:1)'))

  it('is an opaque 500', async () => {
    const response = await failing.request('/fails', { headers: { 'X-Request-Id': 'r1' } })
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const internal = { type: 'urn:latchkey:problem:internal', title: 'Internal error', code: 'internal' }
    expect(await response.json()).toEqual({ ...internal, status: 500, requestId: 'r1' })
  })

  it('is logged with its name and place and never its message', async () => {
    await failing.request('/fails', { headers: { 'X-Request-Id': 'r1' } })
    expect(lines[0]).toMatchObject({ level: 'error', fields: { requestId: 'r1', code: 'internal' } })
    expect(lines[0]?.fields?.error).toMatch(/^TypeError\n {4}at .*app\.test\.ts/)
    expect(JSON.stringify(lines)).not.toMatch(/ada@example|secret/)
  })
})

describe('an unknown route', () => {
  it('is a problem', async () => {
    const response = await app.request('/nowhere/ada@example.com', { headers: { 'X-Request-Id': 'r1' } })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'not-found', requestId: 'r1' })
    expect(lines.at(-1)?.fields).toMatchObject({ route: 'none', status: 404, code: 'not-found' })
    expect(JSON.stringify(lines)).not.toContain('ada')
  })
})

describe('the access log', () => {
  it('has a line a request with the route’s pattern, never its path or query', async () => {
    await app.request('/v1/customers/BGE000081/users/usr_1?email=ada@example.com', {
      headers: { 'X-Request-Id': 'r1' },
    })
    const request = { requestId: 'r1', method: 'GET', route: '/v1/customers/:c/users/:u' }
    const fields = { ...request, status: 200, durationMs: 12 }
    expect(lines).toEqual([{ level: 'info', message: 'request', fields }])
  })

  it('has the status and code of a failure', async () => {
    await appThat(() => new DomainError('quota', 'No.')).request('/fails')
    await appThat(() => new Error('No.')).request('/fails')
    expect(lines.filter(({ message }) => message === 'request').map(({ fields }) => fields)).toMatchObject([
      { route: '/fails', status: 409, code: 'quota' },
      { route: '/fails', status: 500, code: 'internal' },
    ])
  })
})
