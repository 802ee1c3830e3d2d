import type { JWK } from 'jose'
import * as v from 'valibot'
import { DomainError } from '../../domain/values/errors.ts'
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

/** A removed key stays in use for this long at most, in milliseconds. */
const cacheTime = 5 * 60_000

/**
 * `read` returns the JSON of a set of private keys, or `{}` while there is none, and is called when a key is first needed. Its
 * result is never part of an error. Keys other than private Ed25519 ones are ignored; invalid JSON throws `unavailable`.
 */
export function createReportKeys(read: () => Promise<string>, now: () => Date): ReportKeys {
  let known: { keys: readonly JWK[]; until: number } | undefined
  async function current(): Promise<readonly JWK[]> {
    const time = now().getTime()
    if (!known || time >= known.until) known = { keys: parse(await read()), until: time + cacheTime }
    return known.keys
  }
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
