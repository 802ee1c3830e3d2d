import type { JWK } from 'jose'
import { altered, type ReportError, parseReport, formatOf } from './parse-report.ts'
import { readSignature, type SignedSummary } from './signature.ts'
import { readTrustedKeys } from './signing-key.ts'

export type VerificationResult =
  | { ok: true; keyId: string; signed: SignedSummary }
  | ({ ok: false } & (
      | ReportError
      /** Nothing in the file contradicts it, but it was signed by a key that isn't trusted. */
      | { problem: 'untrusted'; keyId: string }
      /** The records at the end were taken away, or some were added. */
      | { problem: 'miscounted'; records: number; signed: number }
    ))

/** Whether a file is, byte for byte, what one of the keys has signed; keys of other kinds don't count. */
export async function verifyReport(
  bytes: Uint8Array,
  trusted: { keys: readonly JWK[] },
): Promise<VerificationResult> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.length === 0) return { ok: false, problem: 'empty' }
  const format = formatOf(file)
  if (!format) return { ok: false, problem: 'not-a-report' }
  const followed = parseReport(file, format)
  if ('problem' in followed) return { ok: false, ...followed }
  const { records, chain, jws } = followed
  const signature = await readSignature(jws, await readTrustedKeys(trusted))
  if (signature.state === 'invalid') return { ok: false, ...altered('the signature') }
  const { keyId } = signature
  if (signature.state === 'untrusted') return { ok: false, problem: 'untrusted', keyId }
  const { signed } = signature
  if (signed.records !== records) return { ok: false, problem: 'miscounted', records, signed: signed.records }
  // Every hash fits the one before it: whoever altered a record made all that come after it anew.
  if (signed.chain !== chain) return { ok: false, ...altered('the chain of records') }
  return { ok: true, keyId, signed }
}
