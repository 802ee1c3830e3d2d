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

export type { Principal } from './principal.ts'

export type TokenConfig = PrincipalLists & {
  /** Compared exactly with `iss`; discovery is looked for below it. */
  issuer: string
  audience: string
  now: () => Date
  /** Where the keys are, instead of asking discovery. */
  jwksUri?: string
}

/** Takes the value of `Authorization`. Throws `unauthenticated`, or `unavailable` while the issuer can't be asked. */
export type TokenVerifier = (authorization: string | undefined) => Promise<Principal>

/** Asymmetric signatures only (RFC 8725, section 3.2): with a shared secret, whoever verifies could also issue. */
const algorithms = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ')

/** Any more would be work that whoever sends a token can ask for, without having one. */
const mostKeysTried = 20

/** Verifies JWT access tokens as RFC 9068 (section 4) and RFC 8725 ask. Clocks may differ by 30 seconds. */
export function createTokenVerifier(config: TokenConfig): TokenVerifier {
  const keys = issuerKeys(config.issuer, config.jwksUri)
  return async (authorization) => {
    const token = bearerToken(authorization)
    const claims = await verified(token, keys, {
      algorithms,
      issuer: config.issuer,
      audience: config.audience,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti'],
      clockTolerance,
      currentDate: config.now(),
    }).catch((error: unknown) => {
      throw error instanceof JOSEError ? new DomainError('unauthenticated', refusal(error)) : error
    })
    checkTimes(claims, config.now())
    return principalOf(claims, config.issuer, config)
  }
}

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

/** A token without a key id may be of any of the issuer's keys for its algorithm; so may one whose key id several have. */
async function verifiedByAny(token: string, keys: JWKSMultipleMatchingKeys, options: JWTVerifyOptions) {
  let left = mostKeysTried
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

function refusal(error: JOSEError): string {
  if (error instanceof JWTExpired) return 'The access token has expired.'
  if (error instanceof JWTClaimValidationFailed) {
    if (error.claim === 'typ') return 'The token is not an access token (RFC 9068: typ "at+jwt").'
    return `The access token's claim "${error.claim}" is missing or not the one expected here.`
  }
  if (error instanceof JOSEAlgNotAllowed) return "The access token's algorithm is not accepted."
  if (error instanceof JWSSignatureVerificationFailed || error instanceof JWKSNoMatchingKey) {
    return "The access token's signature is not one of the issuer's."
  }
  return 'The access token is malformed.'
}
