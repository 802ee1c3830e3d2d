import { JOSENotSupported, JWKSMultipleMatchingKeys, JWKSNoMatchingKey } from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'
import type { JWTVerifyGetKey } from 'jose/jwt/verify'
import { DomainError } from '../domain/values/errors.ts'
import { fetchJson } from '../runtime/fetch-json.ts'
import { usableKeys } from './usable-keys.ts'

/** Milliseconds: keys are fetched anew after ten minutes, and are good for an hour while that fails. */
export const freshFor = 600_000
const usableFor = 3_600_000
/** Milliseconds between fetches while there are keys, whatever tokens come. */
const cooldown = 30_000

type KeySet = { find: ReturnType<typeof createLocalJWKSet>; fetchedAt: number }

/**
 * The issuer's public keys, looked up by a token's header. Discovery (OpenID Connect Discovery 1.0, section 4) happens at the
 * first look-up and is then kept; an unknown key id has the keys fetched again, one time for however many such tokens. Keys
 * that can't be used are ignored. Throws `unavailable` if the issuer doesn't respond as specified.
 */
export function issuerKeys(issuer: string, now: () => Date, jwksUri?: string): JWTVerifyGetKey {
  const fixed = jwksUri === undefined ? undefined : new URL(jwksUri)
  let discovered: URL | undefined
  let keySet: KeySet | undefined
  let fetching: Promise<void> | undefined
  let triedAt = -Infinity
  let failure: DomainError | undefined

  async function fetchKeys(): Promise<void> {
    try {
      discovered ??= fixed ?? (await discover(issuer))
      const keys = usableKeys(await fetchJson(discovered))
      if (!keys) throw new Error('the answer is no JWK Set')
      keySet = { find: createLocalJWKSet({ keys }), fetchedAt: now().getTime() }
      failure = undefined
    } catch (error) {
      // The keys may have moved.
      discovered = undefined
      failure = unavailable(error)
    } finally {
      triedAt = now().getTime()
      fetching = undefined
    }
  }

  /** Waits for what is being fetched, or fetches unless that was tried just now. */
  async function refresh(): Promise<void> {
    if (fetching) return fetching
    if (keySet && now().getTime() - triedAt < cooldown) return
    await (fetching = fetchKeys())
  }

  function ageOf({ fetchedAt }: KeySet): number {
    return now().getTime() - fetchedAt
  }

  return async (header, token) => {
    if (!keySet || ageOf(keySet) >= freshFor) await refresh()
    if (!keySet || ageOf(keySet) >= usableFor) throw failure ?? unavailable(undefined)
    try {
      return await keySet.find(header, token)
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey)) throw asTokenError(error)
    }
    await refresh()
    try {
      return await keySet.find(header, token)
    } catch (error) {
      // It may be a new key's, which nobody could tell us.
      if (error instanceof JWKSNoMatchingKey && failure !== undefined) throw failure
      throw asTokenError(error)
    }
  }
}

/** A key may look usable and can't be imported: its point isn't on the curve. */
function asTokenError(error: unknown): unknown {
  const isAboutToken =
    error instanceof JWKSNoMatchingKey ||
    error instanceof JWKSMultipleMatchingKeys ||
    error instanceof JOSENotSupported
  return isAboutToken ? error : new JWKSNoMatchingKey(undefined, { cause: error })
}

async function discover(issuer: string): Promise<URL> {
  const metadata = await fetchJson(new URL(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`))
  if (typeof metadata !== 'object' || metadata === null) throw new Error('discovery is not an object')
  if (!('issuer' in metadata) || metadata.issuer !== issuer) throw new Error('discovery is of another issuer')
  if (!('jwks_uri' in metadata) || typeof metadata.jwks_uri !== 'string')
    throw new Error('discovery names no keys')
  const url = new URL(metadata.jwks_uri)
  // Plain http only where the issuer itself uses it (on one machine): over it, anybody could replace the keys.
  if (url.protocol !== 'https:' && url.protocol !== new URL(issuer).protocol)
    throw new Error('keys over plain http')
  return url
}

function unavailable(cause: unknown): DomainError {
  const error = new DomainError('unavailable', 'The issuer of access tokens does not answer; try again.')
  error.cause = cause
  return error
}
