import { JOSENotSupported, JWKSMultipleMatchingKeys, JWKSNoMatchingKey } from 'jose/errors'
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote'
import type { JWTVerifyGetKey } from 'jose/jwt/verify'
import { DomainError } from '../domain/values/errors.ts'
import { fetchJson } from './fetch-json.ts'
import { usableKeys } from './usable-keys.ts'

const timeoutMilliseconds = 5000
/** Some two thousand RSA keys; each token is looked up among the usable ones. */
const maxBytes = 1024 * 1024

/**
 * The issuer's public keys, looked up by a token's header. Discovery (OpenID Connect Discovery 1.0, section 4) happens
 * at the first look-up and is then kept; keys are fetched again after ten minutes, and for an unknown key id at most
 * every 30 seconds. Keys that can't be used are ignored. Throws `unavailable` if the issuer doesn't respond as specified.
 */
export function issuerKeys(issuer: string, jwksUri?: string): JWTVerifyGetKey {
  const fixed = jwksUri === undefined ? undefined : new URL(jwksUri)
  let discovered: Promise<ReturnType<typeof createRemoteJWKSet>> | undefined
  const keySet = async () => {
    try {
      return createRemoteJWKSet(fixed ?? (await discover(issuer)), {
        timeoutDuration: timeoutMilliseconds,
        [customFetch]: fetchUsableKeys,
      })
    } catch (error) {
      discovered = undefined
      throw unavailable(error)
    }
  }
  return async (header, token) => {
    discovered ??= keySet()
    const keys = await discovered
    try {
      return await keys(header, token)
    } catch (error) {
      if (isAboutTheToken(error)) throw error
      // The key looked usable but can't be imported: its point isn't on the curve.
      if (!(error instanceof DomainError)) throw new JWKSNoMatchingKey(undefined, { cause: error })
      // The keys may have moved. Keep fresh ones: a token with a made-up key id must not discard them for others.
      if (!keys.fresh) discovered = undefined
      throw error
    }
  }
}

async function fetchUsableKeys(url: string, { signal }: { signal: AbortSignal }): Promise<Response> {
  try {
    const keys = usableKeys(await fetchJson(url, { signal, maxBytes }))
    if (!keys) throw new Error('the answer is no JWK Set')
    return Response.json({ keys })
  } catch (error) {
    throw unavailable(error)
  }
}

async function discover(issuer: string): Promise<URL> {
  const metadata = await fetchJson(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(timeoutMilliseconds),
    maxBytes,
  })
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

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof JWKSNoMatchingKey ||
    error instanceof JWKSMultipleMatchingKeys ||
    error instanceof JOSENotSupported
  )
}

function unavailable(cause: unknown): DomainError {
  const error = new DomainError('unavailable', 'The issuer of access tokens does not answer; try again.')
  error.cause = cause
  return error
}
