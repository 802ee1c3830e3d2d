import type { Random } from '../../../support/random.ts'

export type Header = [name: string, value: string]

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const bearer = (header: object, claims: object) => `Bearer ${part(header)}.${part(claims)}.c2ln`

/** Values of one header, in Latin-1. A name may stand several times in a request. */
export const hostileValues: Record<string, readonly string[]> = {
  'if-match': [
    ['', '*', '"', '""', '"x"', 'x', 'W/"x"', 'w/"x"', '"x", "y"', '"x" "y"', ',', ','.repeat(5000)],
    ['"x",*', '*, "x"', `"${'x'.repeat(5000)}"`, '"x",'.repeat(1500), `${' '.repeat(4000)}"x"`],
    ['"\xff"', '"a\tb"', "'x'"],
  ].flat(),
  'if-none-match': ['', '*', '"x"', 'W/"x", *', '"x",'.repeat(1500)],
  'idempotency-key': [
    ['', ' ', 'a b', '\xe4', 'x'.repeat(255), 'x'.repeat(256), 'x'.repeat(5000), '"#|', '..'],
    ['__proto__', '%00'],
  ].flat(),
  'x-reason': [
    ['', ' ', 'x'.repeat(500), 'x'.repeat(501), '\xff\xfe', '\xc3\xa4', '\xc2\x85', '\xe2\x80\xa8'],
    ['\xed\xa0\x80', '%00', '%C2%85', '%E2%80%A8', '%', '%ff', '\ta\t', '\x80'],
  ].flat(),
  'x-request-id': [
    ['', ' ', 'a b', 'x'.repeat(128), 'x'.repeat(129), 'x'.repeat(5000), '\xe4\xff', '<script>'],
    ['../..', '__proto__', '%0d%0aX: y'],
  ].flat(),
  authorization: [
    ['', 'Bearer', 'Bearer ', 'bearer x', 'Bearer  x.y.z', 'Bearer x y', 'Basic b3BzOm9wcw=='],
    ['Bearer ..', 'Bearer a.b', 'Bearer e30.e30.', 'Bearer e30.e30.e30', 'Bearer \xe4'],
    [`Bearer ${'x'.repeat(6000)}`, `Bearer ${'a.'.repeat(2000)}`],
    [bearer({ alg: 'none' }, { sub: 'ops', scope: 'operator' })],
    [bearer({ alg: 'HS256', typ: 'at+jwt' }, { sub: 'ops' })],
    [bearer({ alg: 'ES256', typ: 'at+jwt', kid: '../../etc/passwd' }, { sub: 'ops' })],
    [bearer({ alg: 'ES256', typ: 'at+jwt', kid: 'ES256', crit: ['b64'], b64: false }, { sub: 'ops' })],
    [bearer({ alg: 'ES256', typ: 'at+jwt', jku: 'http://127.0.0.1:1/', jwk: {} }, {})],
    [bearer({ alg: 'ES256', typ: 'at+jwt', kid: 7 }, { exp: 1e300 })],
    [bearer({ alg: ['ES256'] }, {})],
    [`Bearer ${Buffer.from('null').toString('base64url')}.bnVsbA.c2ln`, 'Bearer !!!.???.***'],
  ].flat(),
  'content-type': [
    ['', 'application/json; charset=utf-8', 'application/json; charset=utf-16'],
    ['application/json;charset="iso-8859-1"; x=y', 'APPLICATION/JSON', 'application/json ; ;'],
    ['application/problem+json', 'application/+json', 'application/x+json+xml', 'application/jsonx'],
    ['text/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'],
    ['application/json, text/plain', 'json', '*/*', `application/${'x'.repeat(4000)}+json`, '\xe4'],
    ['application/json\t'],
  ].flat(),
  accept: ['', 'text/html', 'application/xml;q=1', '\xe4', 'x'.repeat(4000)],
  'content-encoding': ['gzip', 'br', 'identity', 'x'],
  'accept-encoding': ['gzip', '*;q=0', 'x'],
  range: ['bytes=0-1', 'bytes=-1', 'x'],
  origin: ['null', 'https://evil.example'],
  cookie: ['a=b', '__proto__=x', 'x'.repeat(4000)],
  'x-http-method-override': ['DELETE', 'TRACE'],
  'x-forwarded-host': ['evil.example'],
  'x-forwarded-proto': ['gopher'],
  forwarded: ['for=127.0.0.1;host=evil.example'],
  'x-original-url': ['/v1/customers'],
  'if-modified-since': ['yesterday', 'Mon, 23 Nov 2026 12:00:00 GMT'],
  'if-unmodified-since': ['yesterday'],
  __proto__: ['x'],
  constructor: ['x'],
}

const often = ['if-match', 'idempotency-key', 'x-reason', 'x-request-id', 'authorization', 'content-type']

/** The headers with one exchanged, added, sent twice or left out. */
export function withHostileHeader(
  random: Random,
  headers: readonly Header[],
): { what: string; headers: Header[] } {
  const name = random.chance(0.8) ? random.pick(often) : random.pick(Object.keys(hostileValues))
  const value = random.pick(hostileValues[name] ?? [''])
  const others = headers.filter(([each]) => each !== name)
  if (random.chance(0.1)) return { what: `no ${name}`, headers: others }
  if (random.chance(0.1)) return { what: `${name} once more`, headers: [...headers, [name, value]] }
  return { what: name, headers: [...others, [name, value]] }
}
