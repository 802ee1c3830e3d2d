import type { JWK } from 'jose'
import { JOSEError } from 'jose/errors'
import { CompactSign } from 'jose/jws/compact/sign'
import { compactVerify } from 'jose/jws/compact/verify'
import * as v from 'valibot'
import type { ReportSummary } from './format.ts'
import { readPrivateKey, type ReportKey } from './signing-key.ts'

/** A compact JWS (RFC 7515) of the summary and the moment. */
export type SignReport = (summary: ReportSummary) => Promise<string>

/** `seconds` since 1970. */
export type SignedSummary = ReportSummary & { iat: number }

/** `untrusted`: whoever signed, it was none of the keys. `invalid`: not what the key that it names has signed. */
export type ReadSignature =
  | { state: 'valid'; keyId: string; signed: SignedSummary }
  | { state: 'untrusted'; keyId: string }
  | { state: 'invalid' }

const alg = 'EdDSA'
/** So that nothing else that the key may have signed passes for a report. */
const typ = 'latchkey-report+jws'

const Header = v.object({ alg: v.literal(alg), typ: v.literal(typ), kid: v.string() })
const Payload = v.object({
  customerId: v.string(),
  reviewId: v.string(),
  format: v.picklist(['json', 'csv']),
  records: v.number(),
  chain: v.string(),
  iat: v.number(),
})

/** Throws at its first signature if the key isn't a private Ed25519 key. */
export function createReportSigner(privateJwk: JWK, now: () => Date): SignReport {
  return async (summary) => {
    const { id, key } = await readPrivateKey(privateJwk)
    const signed: SignedSummary = { ...summary, iat: Math.floor(now().getTime() / 1000) }
    return new CompactSign(Buffer.from(JSON.stringify(signed)))
      .setProtectedHeader({ alg, typ, kid: id })
      .sign(key)
  }
}

/** Nothing that the signature says of itself is believed but which of the trusted keys it asks for. */
export async function readSignature(jws: string, trusted: readonly ReportKey[]): Promise<ReadSignature> {
  const [encodedHeader = '', , signature = ''] = jws.split('.')
  const header = v.safeParse(Header, parsed(Buffer.from(encodedHeader, 'base64url')))
  // The last characters of two texts may differ and stand for the same bytes.
  if (!header.success || !isCanonical(signature)) return { state: 'invalid' }
  const keyId = header.output.kid
  const key = trusted.find(({ id }) => id === keyId)?.key
  if (!key) return { state: 'untrusted', keyId }
  const payload = await compactVerify(jws, key, { algorithms: [alg] }).catch((error: unknown) => {
    if (error instanceof JOSEError) return undefined
    throw error
  })
  const signed = v.safeParse(Payload, payload && parsed(payload.payload))
  return signed.success ? { state: 'valid', keyId, signed: signed.output } : { state: 'invalid' }
}

const isCanonical = (encoded: string): boolean =>
  Buffer.from(encoded, 'base64url').toString('base64url') === encoded

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
}
