import type { JWK } from 'jose'
import * as v from 'valibot'
import { DomainError } from '../../domain/values/errors.ts'
import { cachedFor, minutes } from '../../runtime/cached-for.ts'
import { createReportSigner, type SignReport } from './signature.ts'
import { isPrivateReportKey, publicJwks, type PublicReportKey } from './signing-key.ts'

/** Keys of reports: the first signs; the others verify reports signed before a rotation. */
export type ReportKeys = {
  /** Throws `unavailable` while there is no key. */
  signer: () => Promise<SignReport>
  jwks: () => Promise<{ keys: PublicReportKey[] }>
}

const PrivateKeys = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ keys: v.optional(v.array(v.unknown()), []) }),
)

/**
 * `read` returns the JSON of a set of private keys, or `{}` while there is none, and is called when a key is first needed. Its
 * result is never part of an error. Keys other than private Ed25519 ones are ignored; invalid JSON throws `unavailable`.
 */
export function createReportKeys(read: () => Promise<string>, now: () => Date): ReportKeys {
  const current = cachedFor(
    minutes(5),
    async () => parse(await read()),
    () => now().getTime(),
  )
  return {
    async signer() {
      const [key] = await current()
      if (!key)
        throw new DomainError('unavailable', 'There is no usable key yet that reports could be signed with.')
      return createReportSigner(key, now)
    },
    jwks: async () => publicJwks(await current()),
  }
}

function parse(json: string): readonly JWK[] {
  const parsed = v.safeParse(PrivateKeys, json)
  if (!parsed.success)
    throw new DomainError('unavailable', 'the keys of reports are not a set of private Ed25519 keys')
  return parsed.output.keys.filter(isPrivateReportKey)
}
