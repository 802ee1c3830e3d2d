import type { JWTPayload } from 'jose'
import {
  JOSEAlgNotAllowed,
  JOSEError,
  JWKSMultipleMatchingKeys,
  JWKSNoMatchingKey,
  JWSSignatureVerificationFailed,
  JWTClaimValidationFailed,
  JWTExpired,
} from 'jose/errors'
import { jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose/jwt/verify'
import { DomainError } from '../domain/values/errors.ts'
import { issuerKeys } from './issuer-keys.ts'
import { type Principal, type PrincipalLists, principalOf } from './principal.ts'
import { checkTimes, clockTolerance } from './token-times.ts'
import { createVerifiedTokens } from './verified-tokens.ts'

export type { Principal } from './principal.ts'

export type TokenConfig = PrincipalLists & {
  /** Compared exactly with `iss`; discovery is below it. */
  issuer: string
  audience: string
  now: () => Date
  /** URL of the keys, in place of discovery. */
  jwksUri?: string
}

/** Takes the value of `Authorization`. Throws `unauthenticated`, or `unavailable` while the issuer doesn't respond. */
export type TokenVerifier = (authorization: string | undefined) => Promise<Principal>

/** Asymmetric signatures only (RFC 8725, section 3.2): with a shared secret, a verifier could also issue tokens. */
const algorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

/** Bounds the work that a sender without a valid token can cause. */
const maxKeysTried = 20

/** Verifies JWT access tokens by RFC 9068 (section 4) and RFC 8725, each once. Clocks may differ by 30 seconds. */
export function createTokenVerifier(config: TokenConfig): TokenVerifier {
  const keys = issuerKeys(config.issuer, config.now, config.jwksUri)
  const verifiedTokens = createVerifiedTokens()
  return async (authorization) => {
    const token = bearerToken(authorization)
    const known = verifiedTokens.find(token, config.now())
    if (known) return known
    if (!canonical.test(token)) throw new DomainError('unauthenticated', malformed)
    const claims = await verified(token, keys, {
      algorithms,
      issuer: config.issuer,
      audience: config.audience,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      clockTolerance,
      currentDate: config.now(),
    }).catch((error: unknown) => {
      throw error instanceof JOSEError ? new DomainError('unauthenticated', describeFailure(error)) : error
    })
    checkTimes(claims, config.now())
    const principal = principalOf(claims, config.issuer, config)
    // It is among the required claims, and a number.
    verifiedTokens.keep(token, principal, Number(claims.exp), config.now())
    return principal
  }
}

const lastCharacters = '[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]'
const part = `(?:[A-Za-z0-9_-]{4})*(?:${lastCharacters})?`

/**
 * Three parts in base64url, of which each has the one spelling of its bytes (RFC 4648, section 3.5). Another one verifies as
 * well, as the bits that differ are dropped: one token would come in many texts.
 */
const canonical = new RegExp(`^${part}\\.${part}\\.${part}$`)
const malformed = 'The access token is malformed.'

/** RFC 6750, section 2.1. */
function bearerToken(authorization: string | undefined): string {
  if (!authorization) throw new DomainError('unauthenticated', 'An access token is required.')
  const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(authorization)?.[1]
  if (token === undefined)
    throw new DomainError('unauthenticated', 'The Authorization header is not "Bearer <token>".')
  return token
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload
  } catch (error) {
    if (!(error instanceof JWKSMultipleMatchingKeys)) throw error
    return verifiedByAny(token, error, options)
  }
}

/** A token may be signed by any of several keys: it has no key id, or several keys share it. */
async function verifiedByAny(token: string, keys: JWKSMultipleMatchingKeys, options: JWTVerifyOptions) {
  let left = maxKeysTried
  for await (const key of keys) {
    if (left-- === 0) break
    try {
      return (await jwtVerify(token, key, options)).payload
    } catch (error) {
      if (!(error instanceof JWSSignatureVerificationFailed)) throw error
    }
  }
  throw new JWSSignatureVerificationFailed()
}

function describeFailure(error: JOSEError): string {
  if (error instanceof JWTExpired) return 'The access token has expired.'
  if (error instanceof JWTClaimValidationFailed) {
    if (error.claim === 'typ') return 'The token is not an access token (RFC 9068: typ "at+jwt").'
    return `The access token's claim "${error.claim}" is missing or not the one expected here.`
  }
  if (error instanceof JOSEAlgNotAllowed) return "The access token's algorithm is not accepted."
  if (error instanceof JWSSignatureVerificationFailed || error instanceof JWKSNoMatchingKey) {
    return "The access token's signature is not one of the issuer's."
  }
  return malformed
}
