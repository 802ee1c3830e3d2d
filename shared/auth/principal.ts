import type { JWTPayload } from 'jose'
import * as v from 'valibot'
import { parseEmail } from '../domain/text/email.ts'
import { PersonName } from '../domain/text/text.ts'
import { DomainError } from '../domain/values/errors.ts'

/** The subject of a token. Only a `login` can be a user; the others are machines, and people of the provider. */
export type Principal =
  | {
      kind: 'operator' | 'check'
      /** The client's id, or the subject of a person in an operator group. */
      id: string
      name?: string
    }
  | { kind: 'login'; issuer: string; subject: string; email?: string; emailVerified: boolean }
  /** Has the scope of an operator or `check` client without being on its list: never a user either. */
  | { kind: 'nobody'; subject: string }

/** Clients and groups that may be operators or `check` clients; the scope alone isn't enough. */
export type PrincipalLists = { operatorClients: string[]; checkClients: string[]; operatorGroups: string[] }

/** Reads a verified token's claims. Throws `unauthenticated` if a claim that RFC 9068 requires isn't a text. */
export function principalOf(claims: JWTPayload, issuer: string, lists: PrincipalLists): Principal {
  const subject = requiredText(claims, 'sub')
  const client = requiredText(claims, 'client_id')
  requiredText(claims, 'jti')
  const scopes = scopesOf(claims)
  if (scopes.includes('operator')) {
    const group = subject !== client && groupsOf(claims).some((name) => lists.operatorGroups.includes(name))
    if (group) return { kind: 'operator', id: subject, ...personName(claims) }
    if (lists.operatorClients.includes(client)) return { kind: 'operator', id: client }
  }
  if (scopes.includes('check') && lists.checkClients.includes(client)) return { kind: 'check', id: client }
  if (scopes.includes('operator') || scopes.includes('check')) return { kind: 'nobody', subject }
  const email = emailOf(claims)
  return {
    kind: 'login',
    issuer,
    subject,
    ...(email === undefined ? {} : { email }),
    emailVerified: claims.email_verified === true,
  }
}

/** Characters of a subject (OpenID Connect Core 1.0, section 2); client ids are no longer. */
const maxClaimLength = 255

function requiredText(claims: JWTPayload, name: string): string {
  const value = claims[name]
  // Half a surrogate pair has no UTF-8 of its own: two such subjects would be stored as one.
  const isText = typeof value === 'string' && value.length <= maxClaimLength && value.isWellFormed()
  if (!isText || value === '') throw malformed(name)
  return value
}

function scopesOf(claims: JWTPayload): string[] {
  if (claims.scope === undefined) return []
  if (typeof claims.scope !== 'string') throw malformed('scope')
  return claims.scope.split(' ')
}

function groupsOf(claims: JWTPayload): string[] {
  const groups: unknown[] = Array.isArray(claims.groups) ? claims.groups : []
  return groups.filter((group) => typeof group === 'string').filter((group) => group !== '')
}

function emailOf(claims: JWTPayload): string | undefined {
  // Lower-casing turns some other letters into ASCII (the Kelvin sign into k): the result would be somebody else's address.
  if (typeof claims.email !== 'string' || !/^[\x21-\x7e]+@/.test(claims.email)) return undefined
  return parseEmail(claims.email)
}

function personName(claims: JWTPayload): { name?: string } {
  const name = v.safeParse(PersonName, claims.name)
  return name.success ? { name: name.output } : {}
}

function malformed(claim: string): DomainError {
  const message = `The access token's claim "${claim}" is not a text of at most ${maxClaimLength} characters.`
  return new DomainError('unauthenticated', message)
}
