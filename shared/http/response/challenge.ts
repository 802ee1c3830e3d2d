import { type DomainError, MissingScopeError } from '../../domain/values/errors.ts'

/** Returns the `WWW-Authenticate` of an error (RFC 9110, section 11.6.1), if it gets one, given the request's `Authorization`. */
export type Challenge = (error: DomainError, authorization: string | undefined) => string | undefined

/**
 * RFC 6750, section 3, with the place of RFC 9728's metadata, below the API's base URL. The error code is sent for a bearer
 * token only, not for a request without one or with another scheme (section 3.1).
 */
export function bearerChallenge(publicUrl: string): Challenge {
  const metadata = `resource_metadata="${publicUrl.replace(/\/+$/, '')}/.well-known/oauth-protected-resource"`
  return (error, authorization = '') => {
    if (error instanceof MissingScopeError) {
      return `Bearer error="insufficient_scope", scope="${error.scope}", ${metadata}`
    }
    if (error.code !== 'unauthenticated') return undefined
    const isBearerSent = /^bearer +[^ ]/i.test(authorization)
    return isBearerSent ? `Bearer error="invalid_token", ${metadata}` : `Bearer ${metadata}`
  }
}

/** A 401 needs a scheme, and none is registered for signed webhooks: this one names the headers that are missing or wrong. */
export const webhookChallenge: Challenge = ({ code }) =>
  code === 'unauthenticated'
    ? 'StandardWebhooks headers="webhook-id webhook-timestamp webhook-signature"'
    : undefined
