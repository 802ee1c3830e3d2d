import type { JWK } from 'jose'
import * as v from 'valibot'
import { DomainError } from '../../domain/values/errors.ts'
import { cachedFor, minutes } from '../../runtime/cached-for.ts'
import { createReportSigner, type SignReport } from './signature.ts'
import { isPrivateReportKey, publicJwks, type PublicReportKey } from './signing-key.ts'

/** The keys of reports: the first signs, the others have signed what is still to be verified. */
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
 * `read` gives the JSON of a set of private keys, `{}` while there is none, and is asked no sooner than they are needed.
 * What it gives is never part of an error. Keys that aren't private ones of Ed25519 are left out; throws `unavailable` for
 * what is no set.
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
