import { type DomainError, MissingScopeError } from '../../domain/values/errors.ts'

/** The `WWW-Authenticate` of a refusal (RFC 9110, section 11.6.1), if it gets one; takes the request's `Authorization`. */
export type Challenge = (error: DomainError, authorization: string | undefined) => string | undefined

/**
 * RFC 6750, section 3, with where RFC 9728's metadata is: below the API's base URL. What is wrong is told of a bearer
 * token only; where there was none, or another scheme, there is nothing to be said about it (section 3.1).
 */
export function bearerChallenge(publicUrl: string): Challenge {
  const metadata = `resource_metadata="${publicUrl.replace(/\/+$/, '')}/.well-known/oauth-protected-resource"`
  return (error, authorization = '') => {
    if (error instanceof MissingScopeError) {
      return `Bearer error="insufficient_scope", scope="${error.scope}", ${metadata}`
    }
    if (error.code !== 'unauthenticated') return undefined
    const isGiven = /^bearer +[^ ]/i.test(authorization)
    return isGiven ? `Bearer error="invalid_token", ${metadata}` : `Bearer ${metadata}`
  }
}

/** No scheme is registered for signed webhooks, and a 401 needs one: it names the headers that are missing or wrong. */
export const webhookChallenge: Challenge = ({ code }) =>
  code === 'unauthenticated'
    ? 'StandardWebhooks headers="webhook-id webhook-timestamp webhook-signature"'
    : undefined
