import { type CompactJWSHeaderParameters, CompactSign, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReportFormat, ReportSummary } from '../../../../shared/reviews/report/format.ts'
import { createReportSigner, type SignReport } from '../../../../shared/reviews/report/signature.ts'
import { publicJwks } from '../../../../shared/reviews/report/signing-key.ts'
import { verifyReport } from '../../../../shared/reviews/report/verify-report.ts'
import { key, linesOf, names, newKey, records, render, sign, signedAt, trusted } from './reports.ts'

const formats: ReportFormat[] = ['json', 'csv']
const ok = { ok: true, keyId: trusted.keys[0]?.kid }
const altered = (what: string) => ({ ok: false, problem: 'altered', altered: what })
const record = (number: number, name = names[number - 1]) => altered(`record ${number} (${name})`)
const signature = altered('the signature')

const verdict = async (...parts: Buffer[]) => verifyReport(Buffer.concat(parts), trusted)

describe.each(formats)('%s: lines', async (format) => {
  const file = await render(format)
  const lines = linesOf(file)
  const from = lines.length - names.length - 1
  const [head, body, end] = [lines.slice(0, from), lines.slice(from, -1), lines.slice(-1)]
  const [a, b, c] = body
  if (!a || !b || !c) throw new Error('there are three records')

  test('as they are', async () => {
    expect(await verdict(...head, a, b, c, ...end)).toMatchObject({ ...ok, signed: { records: 3, format } })
  })

  test('a record is missing: the next one is reported', async () => {
    expect(await verdict(...head, b, c, ...end)).toEqual(record(1, names[1]))
    expect(await verdict(...head, a, c, ...end)).toEqual(record(2, names[2]))
  })

  test('the last records are missing', async () => {
    const miscounted = { ok: false, problem: 'miscounted', signed: 3 }
    expect(await verdict(...head, a, b, ...end)).toEqual({ ...miscounted, records: 2 })
    expect(await verdict(...head, ...end)).toEqual({ ...miscounted, records: 0 })
  })

  test('swapped, repeated, made up', async () => {
    expect(await verdict(...head, b, a, c, ...end)).toEqual(record(1, names[1]))
    expect(await verdict(...head, a, c, b, ...end)).toEqual(record(2, names[2]))
    expect(await verdict(...head, a, a, b, c, ...end)).toEqual(record(2, names[0]))
    expect(await verdict(...head, a, b, c, c, ...end)).toEqual(record(4, names[2]))
    expect(await verdict(...head, a, b, c, Buffer.from('\n'), ...end)).toEqual(altered('record 4'))
  })

  test('text after the end', async () => {
    const continued = { ok: false, problem: 'continued' }
    expect(await verdict(file, file)).toEqual(continued)
    expect(await verdict(file, c)).toEqual(continued)
    expect(await verdict(file, Buffer.from(' '))).toEqual(continued)
    expect(await verdict(file, Buffer.from('\n'))).toEqual(continued)
  })

  test('no header, no end, nothing, something else', async () => {
    expect(await verdict(a, b, c, ...end)).toEqual(altered('the header'))
    expect(await verdict(...head, a, b, c)).toEqual({ ok: false, problem: 'cut-off' })
    expect(await verdict()).toEqual({ ok: false, problem: 'empty' })
    for (const text of ['{"items":[]}\n', '\n', 'a,b\r\n', '\0'.repeat(5000)])
      expect(await verdict(Buffer.from(text))).toEqual({ ok: false, problem: 'not-a-report' })
  })

  test('new hashes for an altered file have no signature', async () => {
    const [first, ...others] = records
    const seen: string[] = []
    const old: SignReport = async (summary) => {
      seen.push(summary.chain)
      return /[\w-]+\.[\w-]+\.[\w-]+/.exec(String(end))?.[0] ?? ''
    }
    const chain = altered('the chain of records')
    expect(await verifyReport(await render(format, { sign: old }), trusted)).toMatchObject(ok)
    const lies = [{ ...first, name: 'Mallory' }, ...others]
    expect(await verifyReport(await render(format, { sign: old, records: lies }), trusted)).toEqual(chain)
    const another = { customerId: 'ETC000005', reviewId: 'another' }
    expect(await verifyReport(await render(format, { sign: old, header: another }), trusted)).toEqual(chain)
    expect(new Set(seen).size).toBe(3)
  })

  test('a signature of an untrusted key', async () => {
    const other = newKey()
    const foreign = await render(format, { sign: createReportSigner(other, () => signedAt) })
    const keys = await publicJwks([other])
    const untrusted = { ok: false, problem: 'untrusted', keyId: keys.keys[0]?.kid }
    expect(await verifyReport(foreign, trusted)).toEqual(untrusted)
    expect(await verifyReport(foreign, { keys: [] })).toEqual(untrusted)
    // The id of a key is its thumbprint, whatever `kid` the set has.
    const renamed = trusted.keys.map((each) => ({ ...each, kid: untrusted.keyId ?? '' }))
    expect(await verifyReport(foreign, { keys: renamed })).toEqual(untrusted)
    expect(await verifyReport(foreign, { keys: [...trusted.keys, ...keys.keys] })).toMatchObject({ ok: true })
  })
})

/** The report, with the signature that `forge` makes of the summary. */
async function forged(forge: (payload: Uint8Array) => Promise<string>, more: Partial<ReportSummary> = {}) {
  const file = await render('json', {
    sign: async (summary) => forge(Buffer.from(JSON.stringify({ ...summary, iat: 1, ...more }))),
  })
  return verifyReport(file, trusted)
}

const { x = '', kid = '' } = trusted.keys[0] ?? {}
const header = { alg: 'EdDSA', typ: 'latchkey-report+jws', kid }
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const signedBy = async (
  by: JWK | Uint8Array,
  payload: Uint8Array,
  protectedHeader: CompactJWSHeaderParameters,
) => new CompactSign(payload).setProtectedHeader(protectedHeader).sign(by)

describe('signatures', () => {
  test('the right one, as these tests make them', async () => {
    expect(await forged(async (payload) => signedBy(key, payload, header))).toMatchObject(ok)
  })

  test('none, or any text in its place', async () => {
    const none = encoded({ ...header, alg: 'none' })
    const bare = async (payload: Uint8Array) => `${none}.${Buffer.from(payload).toString('base64url')}.`
    expect(await forged(bare)).toEqual(signature)
    expect(await forged(async (payload) => `${await bare(payload)}${'A'.repeat(86)}`)).toEqual(signature)
    expect(await forged(async () => '')).toMatchObject({ ok: false })
  })

  test('a secret that is the public key', async () => {
    for (const secret of [Buffer.from(x, 'base64url'), Buffer.from(JSON.stringify(trusted.keys[0]))]) {
      const mac = async (payload: Uint8Array) => signedBy(secret, payload, { ...header, alg: 'HS256' })
      expect(await forged(mac)).toEqual(signature)
    }
  })

  test('a key that it brings along', async () => {
    const own = newKey()
    const [jwk] = (await publicJwks([own])).keys
    if (!jwk) throw new Error('a key has a public half')
    const [withKey, withAddress] = [
      { ...header, jwk },
      { ...header, jku: 'https://evil.example/jwks' },
    ]
    for (const forgedHeader of [withKey, withAddress])
      expect(await forged(async (payload) => signedBy(own, payload, forgedHeader))).toEqual(signature)
    const foreign = await forged(async (payload) => signedBy(own, payload, { ...header, kid: jwk.kid, jwk }))
    expect(foreign).toMatchObject({ problem: 'untrusted' })
  })

  test('of another document by the same key', async () => {
    const of = { ...header, typ: 'at+jwt' }
    expect(await forged(async (payload) => signedBy(key, payload, of))).toEqual(signature)
    expect(await forged(async () => signedBy(key, Buffer.from('{"records":3}'), header))).toEqual(signature)
  })

  test('of the same report in the other format', async () => {
    const [json, csv] = [await render('json'), await render('csv')]
    const jws = /[\w-]+\.[\w-]+\.[\w-]{86}/.exec(csv.toString('latin1'))?.[0] ?? ''
    const mixed = json.toString('latin1').replace(/[\w-]+\.[\w-]+\.[\w-]{86}/, jws)
    expect(await verifyReport(Buffer.from(mixed, 'latin1'), trusted)).toEqual(altered('the chain of records'))
  })
})

test('a report without records is valid', async () => {
  for (const format of formats) {
    const file = await render(format, { records: [], sign })
    expect(await verifyReport(file, trusted)).toMatchObject({ ...ok, signed: { records: 0 } })
  }
})
