import { describe, expect, test } from 'vitest'
import { documentedRoutes as routes } from '../../infra/openapi/documented.ts'
import { createDocument } from '../../infra/openapi/document.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { problemOf } from '../../shared/http/response/problem.ts'
import { createResponseValidator, type Exchange } from '../support/openapi-validator.ts'

const violationsOf = createResponseValidator(createDocument(routes))

const user = {
  id: 'usr_01JDCMKQ0000000000000000AB',
  customerId: 'ACM000001',
  email: 'ada@example.com',
  name: 'Ada',
  type: 'customer-tech',
  status: 'active',
  locked: false,
  mainMember: true,
  loginLinked: false,
  createdAt: '2026-11-23T12:00:00.000Z',
  updatedAt: '2026-11-23T12:00:00.000Z',
}
const users = '/v1/customers/ACM000001/users'
const path = `${users}/${user.id}`
const etag = `"${'a'.repeat(32)}"`
const location = `https://latchkey.test${path}`
const changes = { changes: [{ resource: { type: 'user', id: user.id }, before: { name: 'Ada' } }] }
const conflict = problemOf(new DomainError('conflict', 'the e-mail address is in use'), 'r1')
const missing = problemOf(new DomainError('not-found', 'There is no such route.'), 'r1')
const notTaken = problemOf(new DomainError('method-not-allowed', 'This path takes GET.'), 'r1')
const quota = problemOf(new DomainError('quota', 'too many'), 'r1')
const problemType = { 'content-type': 'application/problem+json', etag: undefined }

type Given = {
  method?: string
  path?: string
  status?: number
  headers?: Record<string, string | undefined>
  body?: unknown
}

/** A GET of the user by the document, with the given changes. */
function exchange({ method = 'GET', status = 200, body = user, ...given }: Given): Exchange {
  const headers = {
    'content-type': 'application/json',
    'x-request-id': 'r1',
    etag,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=63072000',
    'x-content-type-options': 'nosniff',
    ...given.headers,
  }
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method, path: given.path ?? path, status, headers: new Headers(present), text }
}

const bare = { etag: undefined }
const none = { ...bare, 'content-type': undefined }
const dryRun = { method: 'PATCH', path: `${path}?dryRun=true`, headers: bare, body: changes }
const refused = { method: 'PATCH', status: 409, headers: problemType, body: conflict }
const decision = { method: 'POST', path: '/v1/customers/ACM000001/access/v1/evaluation', status: 403 }
const lines = { path: '/v1/customers/ACM000001/export', body: '{}\n' }

describe('an answer by the document passes', () => {
  test.each<[string, Given]>([
    ['a resource', {}],
    ['by its URL', { path: `https://latchkey.test${path}?` }],
    ['in another spelling', { path: path.replace('users', 'u%73ers') }],
    ['of a HEAD', { method: 'HEAD', body: '' }],
    ['that the caller has already', { status: 304, headers: { 'content-type': undefined }, body: '' }],
    ['a page', { path: `${users}?limit=1`, headers: bare, body: { items: [user], nextCursor: 'x' } }],
    ['a created resource', { method: 'POST', path: users, status: 201, headers: { location } }],
    ['nothing', { method: 'DELETE', status: 204, headers: none, body: '' }],
    ['a dry run', dryRun],
    ['a dry run of a DELETE', { ...dryRun, method: 'DELETE' }],
    ['a problem', refused],
    ['no such route', { path: '/v1/nothing', status: 404, headers: problemType, body: missing }],
    [
      'no such method',
      { method: 'PUT', status: 405, headers: { ...problemType, allow: 'GET' }, body: notTaken },
    ],
    ['methods of a path', { method: 'OPTIONS', status: 204, headers: { ...none, allow: 'GET' }, body: '' }],
    ['lines', { ...lines, headers: { ...bare, 'content-type': 'application/x-ndjson' } }],
    ['an error in words', { ...decision, headers: bare, body: '"no"' }],
  ])('%s', (_name, given) => {
    expect(violationsOf(exchange(given))).toEqual([])
  })
})

describe('any other answer is a violation', () => {
  test.each<[string, Given, string]>([
    ['an undocumented field', { body: { ...user, colour: 'red' } }, 'additional properties (colour)'],
    ['a missing field', { body: { ...user, name: undefined } }, "it must have required property 'name'"],
    [
      'a time of another form',
      { body: { ...user, createdAt: '2026-11-23T12:00:00Z' } },
      '/createdAt must match',
    ],
    ['text', { body: 'fine' }, 'the body is not JSON'],
    ['another content type', { headers: { 'content-type': 'text/html' } }, 'content type text/html is not'],
    [
      'no content type',
      { headers: { 'content-type': undefined } },
      'the content type (none) is not documented',
    ],
    ['no ETag', { headers: bare }, 'the header ETag is missing'],
    ['a weak ETag', { headers: { etag: `W/${etag}` } }, 'the header ETag: it must match pattern'],
    ['no request id', { headers: { 'x-request-id': undefined } }, 'the header X-Request-Id is missing'],
    ['another header', { headers: { 'x-powered-by': 'us' } }, 'the header x-powered-by is not documented'],
    ['a body of a HEAD', { method: 'HEAD' }, 'there is a body'],
    ['a body of a 204', { method: 'DELETE', status: 204, headers: none }, 'there is a body'],
    ['no Location', { method: 'POST', path: users, status: 201 }, 'the header Location is missing'],
    [
      'changes of a call',
      { method: 'PATCH', body: changes },
      'must NOT have additional properties (changes)',
    ],
    ['a dry run that shows the outcome', { ...dryRun, body: user }, "must have required property 'changes'"],
    ['a dry run that did it', { ...dryRun, method: 'DELETE', status: 204 }, 'a dry run is answered with 200'],
    ['a problem of another route', { ...refused, body: quota }, 'the problem quota is not documented'],
    [
      'a problem of another status',
      { ...refused, body: { ...conflict, status: 400 } },
      "the problem's status is 400",
    ],
    ['a problem as plain JSON', { ...refused, headers: bare }, 'application/json is not documented'],
    ['a 401 without a challenge', { ...refused, status: 401 }, 'the header WWW-Authenticate is missing'],
    ['a 503 without a time', { ...refused, status: 503 }, 'the header Retry-After is missing'],
    [
      'a decision refused by a problem',
      { ...decision, headers: problemType, body: conflict },
      'problem+json is not',
    ],
    ['another route', { path: '/v1/nothing' }, 'the route is not documented'],
    ['another method', { method: 'PUT' }, 'the route is not documented'],
    ['another spelling', { path: `${path}/` }, 'the route is not documented'],
    ['a 404 that is no problem', { path: '/v1/nothing', status: 404 }, 'it is no problem'],
    [
      'a 404 of another form',
      { path: '/v1/nothing', status: 404, headers: problemType },
      'additional properties',
    ],
    [
      'a 405 without methods',
      { method: 'PUT', status: 405, headers: problemType },
      'does not tell what the path takes',
    ],
    [
      'an OPTIONS without methods',
      { method: 'OPTIONS', status: 204, headers: none, body: '' },
      'it tells nothing',
    ],
  ])('%s', (_name, given, complaint) => {
    expect(violationsOf(exchange(given)).join('\n')).toContain(complaint)
  })

  test('with the operation and the status first', () => {
    expect(violationsOf(exchange({ status: 418 }))).toEqual([
      'GET /v1/customers/{c}/users/{u} → 418: the status is not documented',
    ])
  })
})
