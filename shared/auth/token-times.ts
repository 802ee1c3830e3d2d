import type { JWTPayload } from 'jose'
import { DomainError } from '../domain/values/errors.ts'

/** Seconds by which clocks may differ. */
export const clockTolerance = 30

/** The last second of the year 9999, since 1970: what is later is no moment, and milliseconds are. */
const lastMoment = 253_402_300_799

/**
 * A token's moments (RFC 7519, section 4.1) have to be finite numbers of seconds since 1970, and it has to be issued by now.
 * Throws `unauthenticated`.
 */
export function checkTimes(claims: JWTPayload, now: Date): void {
  const { exp, iat, nbf } = claims
  for (const [name, time] of Object.entries({ exp, iat, nbf }))
    if (time !== undefined && !isMoment(time)) throw noTime(name)
  if (iat !== undefined && iat > now.getTime() / 1000 + clockTolerance) throw noTime('iat')
}

/** A number too large for JSON's readers is read as infinite. */
const isMoment = (time: unknown): boolean => typeof time === 'number' && time >= 0 && time <= lastMoment

function noTime(claim: string): DomainError {
  return new DomainError('unauthenticated', `The access token's claim "${claim}" is no possible time.`)
}
