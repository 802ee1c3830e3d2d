import type { JWK } from 'jose'
import { altered, type ReportError, parseReport, formatOf } from './parse-report.ts'
import { readSignature, type SignedSummary } from './signature.ts'
import { readTrustedKeys } from './signing-key.ts'

export type VerificationResult =
  | { ok: true; keyId: string; signed: SignedSummary }
  | ({ ok: false } & (
      | ReportError
      /** The file is consistent, but signed by a key that isn't trusted. */
      | { problem: 'untrusted'; keyId: string }
      /** Records were removed at the end, or added. */
      | { problem: 'miscounted'; records: number; signed: number }
    ))

/** Verifies that a file is, byte for byte, what one of the trusted keys has signed. Keys of other kinds are ignored. */
export async function verifyReport(
  bytes: Uint8Array,
  trusted: { keys: readonly JWK[] },
): Promise<VerificationResult> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length === 0) return { ok: false, problem: 'empty' }
  const format = formatOf(file)
  if (!format) return { ok: false, problem: 'not-a-report' }
  const parsed = parseReport(file, format)
  if ('problem' in parsed) return { ok: false, ...parsed }
  const { records, chain, jws } = parsed
  const signature = await readSignature(jws, await readTrustedKeys(trusted))
  if (signature.state === 'invalid') return { ok: false, ...altered('the signature') }
  const { keyId } = signature
  if (signature.state === 'untrusted') return { ok: false, problem: 'untrusted', keyId }
  const { signed } = signature
  if (signed.records !== records) return { ok: false, problem: 'miscounted', records, signed: signed.records }
  // The chain is consistent but not the signed one: a record was altered, and all hashes after it computed anew.
  if (signed.chain !== chain) return { ok: false, ...altered('the chain of records') }
  return { ok: true, keyId, signed }
}
