import type { JWK } from 'jose'
import { JOSEError } from 'jose/errors'
import { CompactSign } from 'jose/jws/compact/sign'
import { compactVerify } from 'jose/jws/compact/verify'
import * as v from 'valibot'
import type { ReportSummary } from './format.ts'
import { readPrivateKey, type ReportKey } from './signing-key.ts'

/** Signs the summary with the current time, as a compact JWS (RFC 7515). */
export type SignReport = (summary: ReportSummary) => Promise<string>

/** `iat`: seconds since 1970. */
export type SignedSummary = ReportSummary & { iat: number }

/** `untrusted`: it names none of the trusted keys. `invalid`: not signed by the key that it names. */
type ReadSignature =
  | { state: 'valid'; keyId: string; signed: SignedSummary }
  | { state: 'untrusted'; keyId: string }
  | { state: 'invalid' }

const alg = 'EdDSA'
/** Keeps anything else signed with the key from passing as a report. */
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

/** Its first signature throws if the key isn't a private Ed25519 key. */
export function createReportSigner(privateJwk: JWK, now: () => Date): SignReport {
  return async (summary) => {
    const { id, key } = await readPrivateKey(privateJwk)
    const signed: SignedSummary = { ...summary, iat: Math.floor(now().getTime() / 1000) }
    return new CompactSign(Buffer.from(JSON.stringify(signed)))
      .setProtectedHeader({ alg, typ, kid: id })
      .sign(key)
  }
}

/** Verifies a signature with the trusted key that it names; nothing else in its header is trusted. */
export async function readSignature(jws: string, trusted: readonly ReportKey[]): Promise<ReadSignature> {
  const [encodedHeader = '', , signature = ''] = jws.split('.')
  const header = v.safeParse(Header, parsed(Buffer.from(encodedHeader, 'base64url')))
  // Different base64url texts may decode to the same bytes: only the canonical one is accepted.
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
