import type { Random } from '../../../support/random.ts'
import type { Draft } from './drafts.ts'

/** Bytes for a socket, piece by piece, and what the sender does after them. */
export type Wire = { pieces: Buffer[]; ending: 'wait' | 'half-close' | 'hang up' }

type Head = { method: string; target: string; version: string; lines: string[] }
type Framing = (head: Head, body: Buffer, random: Random) => Wire

const bytes = (text: string) => Buffer.from(text, 'latin1')
const headOf = ({ method, target, version, lines }: Head) =>
  bytes(`${method} ${target} ${version}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`)
const wire = (head: Head, ...body: (Buffer | string)[]): Wire => ({
  pieces: [headOf(head), ...body.map((each) => (typeof each === 'string' ? bytes(each) : each))],
  ending: 'wait',
})
const withLines = (head: Head, ...lines: string[]): Head => ({ ...head, lines: [...head.lines, ...lines] })
const without = (head: Head, name: string): Head => ({
  ...head,
  lines: head.lines.filter((line) => !line.toLowerCase().startsWith(`${name}:`)),
})
const measured = (head: Head, body: Buffer) =>
  body.length > 0 || head.method !== 'GET' ? withLines(head, `Content-Length: ${body.length}`) : head
const plain = (head: Head, body: Buffer) => wire(measured(head, body), body)
const chunk = (data: Buffer, extension = '') =>
  Buffer.concat([bytes(`${data.length.toString(16)}${extension}\r\n`), data, bytes('\r\n')])
const chunked = (head: Head, ...body: (Buffer | string)[]) =>
  wire(withLines(head, 'Transfer-Encoding: chunked'), ...body)
const last = '0\r\n\r\n'
const breaksOff = (sent: Wire, ending: Wire['ending'] = 'half-close'): Wire => ({ ...sent, ending })
const half = (body: Buffer) => body.subarray(0, Math.ceil(body.length / 2))

const length =
  (of: (body: Buffer) => string): Framing =>
  (head, body) =>
    wire(withLines(head, `Content-Length: ${of(body)}`), body)
const encoding =
  (value: string): Framing =>
  (head, body) =>
    wire(withLines(head, `Transfer-Encoding: ${value}`), chunk(body), last)
const line =
  (text: string): Framing =>
  (head, body) =>
    plain(withLines(head, text), body)
const host =
  (...values: string[]): Framing =>
  (head, body) =>
    plain(withLines(without(head, 'host'), ...values.map((value) => `Host: ${value}`)), body)
const upgrade =
  (connection: string, ...lines: string[]): Framing =>
  (head, body) =>
    plain(withLines(without(head, 'connection'), `Connection: ${connection}, close`, ...lines), body)
const changed =
  (change: (head: Head) => Partial<Head>): Framing =>
  (head, body) =>
    plain({ ...head, ...change(head) }, body)

/** Ways in which the bytes of a request can be wrong, or just odd. */
export const framings: Record<string, Framing> = {
  'a content length': plain,
  'one chunk': (head, body) => chunked(head, chunk(body), last),
  'many chunks': (head, body) => {
    const small = [...body.subarray(0, 100)].map((byte) => chunk(Buffer.of(byte)))
    return chunked(head, ...small, ...(body.length > 100 ? [chunk(body.subarray(100))] : []), last)
  },
  'chunks with extensions and trailers': (head, body) =>
    chunked(head, chunk(body, ';a=b;c="d"'), '0\r\nX-Reason: late\r\nIf-Match: "x"\r\n\r\n'),
  'chunks of 300 KiB': (head) =>
    chunked(head, ...Array.from({ length: 300 }, () => chunk(Buffer.alloc(1024, ' '))), last),
  'chunks of 300 KiB that never end': (head) =>
    chunked(head, ...Array.from({ length: 300 }, () => chunk(Buffer.alloc(1024, ' ')))),
  'a content length and chunks': (head, body) =>
    chunked(withLines(head, `Content-Length: ${body.length}`), chunk(body), last),
  CHUNKED: encoding('CHUNKED'),
  'chunked, chunked': encoding('chunked, chunked'),
  'gzip, chunked': encoding('gzip, chunked'),
  'chunked, gzip': encoding('chunked, gzip'),
  identity: encoding('identity'),
  xchunked: encoding('xchunked'),
  'chunked after a tab': encoding('\tchunked'),
  'a chunk size that is none': (head, body) => chunked(head, 'zz\r\n', body, '\r\n', last),
  'a negative chunk size': (head, body) => chunked(head, '-1\r\n', body, '\r\n', last),
  'a huge chunk size': (head, body) => chunked(head, 'fffffffffffffffff\r\n', body, '\r\n', last),
  'a chunk that is shorter than it says': (head, body) =>
    breaksOff(chunked(head, bytes(`${(body.length + 5).toString(16)}\r\n`), body, '\r\n', last)),
  'a chunk that is longer than it says': (head, body) => chunked(head, '1\r\n', body, '\r\n', last),
  'chunk extensions of 20 KiB': (head, body) => chunked(head, chunk(body, `;${'x'.repeat(20_000)}`), last),
  'chunks that break off': (head, body) => breaksOff(chunked(head, chunk(half(body)))),
  'chunks whose sender hangs up': (head, body) => breaksOff(chunked(head, chunk(half(body))), 'hang up'),
  'a body that breaks off': (head, body) => breaksOff(wire(measured(head, body), half(body))),
  'a body whose sender hangs up': (head, body) =>
    breaksOff(wire(measured(head, body), half(body)), 'hang up'),
  'a body that never comes': (head, body) => breaksOff(wire(measured(head, body))),
  'more than the content length': length((body) => String(Math.max(0, body.length - 3))),
  'a content length of nothing': length(() => '0'),
  'a content length of 300 KiB': (head, body) => wire(withLines(head, `Content-Length: ${300 * 1024}`), body),
  'a negative content length': length(() => '-1'),
  'a content length with a plus': length((body) => `+${body.length}`),
  'a hexadecimal content length': length((body) => `0x${body.length.toString(16)}`),
  'a content length of 1e3': length(() => '1e3'),
  'a content length of 30 digits': length(() => '9'.repeat(30)),
  'no content length at all': length(() => ''),
  'two content lengths': (head, body) =>
    wire(withLines(head, `Content-Length: ${body.length}`, `Content-Length: ${body.length}`), body),
  'two content lengths that differ': (head, body) =>
    wire(withLines(head, `Content-Length: ${body.length}`, 'Content-Length: 1'), body),
  'two content lengths in one': length((body) => `${body.length}, ${body.length}`),
  'a body that nothing announces': (head, body) => wire(head, body),
  'another request in the body': (head, body) =>
    wire(measured(head, body), body, 'GET /v1/customers HTTP/1.1\r\nHost: x\r\n\r\n'),
  'byte by byte': (head, body) => {
    const whole = Buffer.concat(plain(head, body).pieces)
    const start = [...whole.subarray(0, 60)].map((byte) => Buffer.of(byte))
    return { pieces: [...start, whole.subarray(60)], ending: 'wait' }
  },
  'an expectation': line('Expect: 100-continue'),
  'another expectation': line('Expect: the-unexpected'),
  'an upgrade': upgrade('Upgrade', 'Upgrade: websocket'),
  'an upgrade to HTTP/2': upgrade(
    'Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  ),
  'HTTP/1.0': changed(() => ({ version: 'HTTP/1.0' })),
  'HTTP/1.0 without a host': (head, body) => plain({ ...without(head, 'host'), version: 'HTTP/1.0' }, body),
  'HTTP/0.9': changed(() => ({ version: 'HTTP/0.9' })),
  'HTTP/2.0': changed(() => ({ version: 'HTTP/2.0' })),
  'http/1.1': changed(() => ({ version: 'http/1.1' })),
  'no version': changed(() => ({ version: '' })),
  'line feeds alone': (head, body) => {
    const [first = Buffer.of(), ...others] = plain(head, body).pieces
    return { pieces: [bytes(first.toString('latin1').replaceAll('\r\n', '\n')), ...others], ending: 'wait' }
  },
  'empty lines before it': (head, body) => {
    const { pieces, ending } = plain(head, body)
    return { pieces: [bytes('\r\n\r\n'), ...pieces], ending }
  },
  'a space before the colon': line('X-Reason : because'),
  'a folded header': line('X-Reason: because\r\n  of this'),
  'NUL in a header': line('X-Reason: a\0b'),
  'a control character in a header': line('X-Request-Id: a\u0001b'),
  'DEL in a header': line('X-Request-Id: a\u007fb'),
  'a carriage return in a header': line('X-Request-Id: a\rb'),
  'Latin-1 in a header': line('X-Request-Id: \xe4\xff\x80'),
  'Latin-1 in the name of a header': line('X-\xe4: x'),
  'a header without a colon': line('nothing'),
  'a header without a name': line(': x'),
  'a header with a space in its name': line('X Reason: x'),
  'a header __proto__': line('__proto__: x'),
  'headers of 20 KiB': line(`X-Long: ${'x'.repeat(20_000)}`),
  '3,000 headers': (head, body) =>
    plain(withLines(head, ...Array.from({ length: 3000 }, () => 'A: b')), body),
  'no host': host(),
  'an empty host': host(''),
  'two hosts': host('127.0.0.1', 'evil.example'),
  'a host with a path': host('evil.example/x'),
  'a host with a user': host('a:b@evil.example'),
  'a host that is none': host('[::x'),
  'a host in Latin-1': host('\xe4'),
  'a host with spaces': host('a b'),
  'a host with a bad port': host('127.0.0.1:99999'),
  'another host': host('evil.example'),
  'an absolute target': changed(({ target }) => ({ target: `http://127.0.0.1${target}` })),
  'an absolute target elsewhere': changed(({ target }) => ({ target: `https://evil.example${target}` })),
  'an absolute target of another scheme': changed(({ target }) => ({
    target: `ftp://evil.example${target}`,
  })),
  'an absolute target that is none': changed(() => ({ target: 'http://[::x/' })),
  'an authority for a target': changed(() => ({ target: 'evil.example:443' })),
  'an asterisk for a target': changed(() => ({ target: '*' })),
  'a target without a slash': changed(({ target }) => ({ target: target.slice(1) })),
  'no target': changed(() => ({ target: '' })),
  'a space in the target': changed(({ target }) => ({ target: `${target} x` })),
  'a tab in the target': changed(({ target }) => ({ target: `${target}\tx` })),
  'NUL in the target': changed(({ target }) => ({ target: `${target}\0` })),
  'Latin-1 in the target': changed(({ target }) => ({ target: `${target}\xe4\xff` })),
  'UTF-8 in the target': changed(({ target }) => ({ target: `${target}\xc3\xa4` })),
  'a fragment in the target': changed(({ target }) => ({ target: `${target}#x` })),
  'a target of 20 KiB': changed(({ target }) => ({ target: `${target}${'x'.repeat(20_000)}` })),
  'brackets in the target': changed(({ target }) => ({ target: `${target}/<>"{}|^\`[]` })),
  'a TLS hello': () => ({ pieces: [Buffer.from('16030100a5010000a10303', 'hex')], ending: 'half-close' }),
  'bytes at random': (_head, _body, random) => ({
    pieces: [Buffer.from(Array.from({ length: 300 }, () => random.below(256)))],
    ending: 'half-close',
  }),
  'half a head': (head) => ({ pieces: [half(headOf(head))], ending: 'half-close' }),
  'nothing at all': () => ({ pieces: [], ending: 'half-close' }),
}

export function wireOf(draft: Draft, framing: Framing, random: Random): Wire {
  const { method, target, headers, body = Buffer.alloc(0) } = draft
  const named = headers.map(([name, value]) => `${name}: ${value}`)
  const lines = ['Host: 127.0.0.1', ...named, 'Connection: close']
  return framing({ method, target, version: 'HTTP/1.1', lines }, body, random)
}
