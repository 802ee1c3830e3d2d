import type { JWTPayload } from 'jose'
import { DomainError } from '../domain/values/errors.ts'

/** Seconds by which clocks may differ. */
export const clockTolerance = 30

/** The last second of the year 9999, since 1970: a later one was given in milliseconds. */
const lastMoment = 253_402_300_799

/**
 * Throws `unauthenticated` unless a token's times (RFC 7519, section 4.1) are finite numbers of seconds since 1970, and it is
 * issued by now.
 */
export function checkTimes(claims: JWTPayload, now: Date): void {
  const { exp, iat, nbf } = claims
  for (const [name, time] of Object.entries({ exp, iat, nbf }))
    if (time !== undefined && !isMoment(time)) throw impossibleTime(name)
  if (iat !== undefined && iat > now.getTime() / 1000 + clockTolerance) throw impossibleTime('iat')
}

/** RFC 7519, section 4.1.4, with the tolerance for clocks. */
export const hasExpired = (exp: number, now: Date): boolean =>
  exp <= Math.floor(now.getTime() / 1000) - clockTolerance

/** A JSON parser reads a number that is too large as infinite. */
const isMoment = (time: unknown): boolean => typeof time === 'number' && time >= 0 && time <= lastMoment

function impossibleTime(claim: string): DomainError {
  return new DomainError('unauthenticated', `The access token's claim "${claim}" is no possible time.`)
}
