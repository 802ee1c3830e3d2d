import { createHash } from 'node:crypto'

/** Algorithms of the local issuer's access tokens. */
export const signingAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/** The clients that `npm run token` uses: two machines, and a person's with PKCE. */
export const clients = {
  operator: 'latchkey-operator',
  check: 'latchkey-check',
  person: 'latchkey-cli',
} as const

/** A native app's redirect (RFC 8252, section 7.3). Nothing listens there: the command reads the code from the response. */
export const redirectUri = 'http://127.0.0.1/callback'

/** Path of the issuer on the service's own server. */
export const issuerPath = '/oidc'

/** Resource indicators (RFC 8707) beside the service's own URL: each requests tokens with one algorithm. */
export function resourceOf(algorithm: SigningAlgorithm): string {
  return `urn:latchkey:api:${algorithm.toLowerCase()}`
}

export function algorithmOf(resource: string): SigningAlgorithm | undefined {
  return signingAlgorithms.find((algorithm) => resourceOf(algorithm) === resource)
}

/** The stable subject of the account with this e-mail address; it tells nothing about the address. */
export function subjectOf(email: string): string {
  return createHash('sha256').update(`latchkey:${email}`).digest('base64url').slice(0, 32)
}
