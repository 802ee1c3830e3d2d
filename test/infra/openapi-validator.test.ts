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
const problemType = { 'content-type': 'application/problem+json' }

type Given = {
  method?: string
  path?: string
  status?: number
  headers?: Record<string, string | undefined>
  body?: unknown
}

/** A GET of the user that is as the document says, but for what is given. */
function exchange({ method = 'GET', status = 200, body = user, ...given }: Given): Exchange {
  const common = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=63072000',
    'x-content-type-options': 'nosniff',
  }
  const headers = {
    'content-type': 'application/json',
    'x-request-id': 'r1',
    etag,
    ...common,
    ...given.headers,
  }
  const present = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  )
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method, path: given.path ?? path, status, headers: new Headers(Object.fromEntries(present)), text }
}

const none = { 'content-type': undefined, etag: undefined }

describe('an answer that is as the document says passes', () => {
  test.each<[string, Given]>([
    ['a resource', {}],
    ['by its URL', { path: `https://latchkey.test${path}?` }],
    ['in another spelling', { path: path.replace('users', 'u%73ers') }],
    ['of a HEAD', { method: 'HEAD', body: '' }],
    ['that the caller has already', { status: 304, headers: { 'content-type': undefined }, body: '' }],
    [
      'a page',
      { path: `${users}?limit=1`, headers: { etag: undefined }, body: { items: [user], nextCursor: 'x' } },
    ],
    ['what was created', { method: 'POST', path: users, status: 201, headers: { location } }],
    ['what was changed', { method: 'PATCH' }],
    ['nothing', { method: 'DELETE', status: 204, headers: none, body: '' }],
    [
      'a dry run',
      { method: 'PATCH', path: `${path}?dryRun=true`, headers: { etag: undefined }, body: changes },
    ],
    [
      'of a DELETE',
      { method: 'DELETE', path: `${path}?dryRun=true`, headers: { etag: undefined }, body: changes },
    ],
    [
      'a problem',
      { method: 'PATCH', status: 409, headers: { ...problemType, etag: undefined }, body: conflict },
    ],
    ['no such route', { path: '/v1/nothing', status: 404, headers: problemType, body: missing }],
    [
      'no such method',
      { method: 'PUT', status: 405, headers: { ...problemType, allow: 'GET, OPTIONS' }, body: notTaken },
    ],
    ['what a path takes', { method: 'OPTIONS', status: 204, headers: { ...none, allow: 'GET' }, body: '' }],
    [
      'lines',
      {
        path: '/v1/customers/ACM000001/export',
        headers: { 'content-type': 'application/x-ndjson', etag: undefined },
        body: '{}\n',
      },
    ],
    [
      'an error in words',
      {
        method: 'POST',
        path: '/v1/customers/ACM000001/access/v1/evaluation',
        status: 403,
        headers: { etag: undefined },
        body: '"no"',
      },
    ],
  ])('%s', (_name, given) => {
    expect(violationsOf(exchange(given))).toEqual([])
  })
})

describe('an answer that is not is noticed', () => {
  test.each<[string, Given, string]>([
    [
      'an undocumented field',
      { body: { ...user, colour: 'red' } },
      'it must NOT have additional properties (colour)',
    ],
    ['a null', { body: { ...user, lockReason: null } }, '/lockReason must be string'],
    ['a missing field', { body: { ...user, name: undefined } }, "it must have required property 'name'"],
    [
      'a value of its own',
      { body: { ...user, type: 'king' } },
      '/type must be equal to one of the allowed values',
    ],
    ['an id of another kind', { body: { ...user, id: 'prj_1' } }, '/id must match pattern'],
    [
      'a time of another form',
      { body: { ...user, createdAt: '2026-11-23T12:00:00Z' } },
      '/createdAt must match',
    ],
    [
      'a time that is none',
      { body: { ...user, createdAt: '2026-13-23T12:00:00.000Z' } },
      'must match format "date-time"',
    ],
    ['text', { body: 'fine' }, 'the body is not JSON'],
    [
      'another content type',
      { headers: { 'content-type': 'text/html' } },
      'the content type text/html is not documented',
    ],
    [
      'no content type',
      { headers: { 'content-type': undefined } },
      'the content type (none) is not documented',
    ],
    ['a status', { status: 418 }, 'the status is not documented'],
    ['no ETag', { headers: { etag: undefined } }, 'the header ETag is missing'],
    ['a weak ETag', { headers: { etag: `W/${etag}` } }, 'the header ETag: it must match pattern'],
    ['no request id', { headers: { 'x-request-id': undefined } }, 'the header X-Request-Id is missing'],
    ['another header', { headers: { 'x-powered-by': 'us' } }, 'the header x-powered-by is not documented'],
    ['a body of a HEAD', { method: 'HEAD' }, 'there is a body'],
    ['a body without one', { method: 'DELETE', status: 204, headers: none }, 'there is a body'],
    [
      'a page without items',
      { path: users, headers: { etag: undefined }, body: {} },
      "required property 'items'",
    ],
    [
      'a wrong item',
      { path: users, headers: { etag: undefined }, body: { items: [user, {}] } },
      "/items/1 must have required property 'id'",
    ],
    ['created nowhere', { method: 'POST', path: users, status: 201 }, 'the header Location is missing'],
    [
      'changes of a call',
      { method: 'PATCH', body: changes },
      'must NOT have additional properties (changes)',
    ],
    [
      'a dry run that shows the outcome',
      { method: 'PATCH', path: `${path}?dryRun=true`, headers: { etag: undefined } },
      "must have required property 'changes'",
    ],
    [
      'a dry run that did it',
      { method: 'DELETE', path: `${path}?dryRun=true`, status: 204, headers: none, body: '' },
      'a dry run is answered with 200',
    ],
    [
      'a dry run that has a field more',
      { method: 'PATCH', path: `${path}?dryRun=true`, headers: { etag: undefined }, body: { changes: [{}] } },
      "/changes/0 must have required property 'resource'",
    ],
    [
      'a problem of another route',
      {
        method: 'PATCH',
        status: 409,
        headers: { ...problemType, etag: undefined },
        body: problemOf(new DomainError('quota', 'too many'), 'r1'),
      },
      'the problem quota is not documented',
    ],
    [
      'a problem of another status',
      {
        method: 'PATCH',
        status: 409,
        headers: { ...problemType, etag: undefined },
        body: { ...conflict, status: 400 },
      },
      "the problem's status is 400",
    ],
    [
      'a problem with a word too many',
      {
        method: 'PATCH',
        status: 409,
        headers: { ...problemType, etag: undefined },
        body: { ...conflict, stack: 'at' },
      },
      'must NOT have additional properties (stack)',
    ],
    [
      'a problem as plain JSON',
      { method: 'PATCH', status: 409, headers: { etag: undefined }, body: conflict },
      'the content type application/json is not documented',
    ],
    [
      'a 401 without a challenge',
      { status: 401, headers: { ...problemType, etag: undefined }, body: { ...missing, status: 401 } },
      'the header WWW-Authenticate is missing',
    ],
    [
      'a 503 without a time',
      { status: 503, headers: { ...problemType, etag: undefined }, body: { ...missing, status: 503 } },
      'the header Retry-After is missing',
    ],
    [
      'a decision refused by a problem',
      {
        method: 'POST',
        path: '/v1/customers/ACM000001/access/v1/evaluation',
        status: 403,
        headers: { ...problemType, etag: undefined },
        body: conflict,
      },
      'the content type application/problem+json is not documented',
    ],
    ['another route', { path: '/v1/nothing' }, 'the route is not documented'],
    ['another method', { method: 'PUT' }, 'the route is not documented'],
    ['another spelling', { path: `${path}/` }, 'the route is not documented'],
    ['a 404 that is no problem', { path: '/v1/nothing', status: 404 }, 'it is no problem'],
    [
      'a 404 with a word too many',
      { path: '/v1/nothing', status: 404, headers: problemType, body: { ...missing, stack: 'at' } },
      'must NOT have additional properties (stack)',
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
