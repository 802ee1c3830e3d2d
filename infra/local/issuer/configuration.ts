import { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider'
import { IssuerAdapter } from './adapter.ts'
import { algorithmOf, clients, issuerPath, redirectUri, signingAlgorithms } from './names.ts'

/**
 * The provider's configuration. `audience`: the service's URL, which is the resource to request (RFC 9728) and the `aud` of
 * its tokens. Sets every option whose default causes a warning.
 */
export const configurationFor = (audience: string): Configuration => ({
  adapter: IssuerAdapter,
  // Cookies are bound to this path: it has to be the browser's.
  interactions: { url: (_context, { uid }) => `${issuerPath}/login/${uid}` },
  loadExistingGrant: grantEverything,
  scopes: ['openid', 'email', 'operator', 'check'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  clientBasedCORS: () => false,
  enabledJWA: { idTokenSigningAlgValues: [...signingAlgorithms] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    rpInitiatedLogout: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => {
        const alg = isSame(resource, audience) ? 'RS256' : algorithmOf(resource)
        if (!alg) throw new errors.InvalidTarget('unknown resource')
        return { scope: 'operator check', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg } } }
      },
    },
  },
  renderError: (context, out) => {
    context.type = 'text'
    context.body = `${out.error}: ${out.error_description ?? ''}\n`
  },
  ttl: {
    AccessToken: 3600,
    ClientCredentials: 3600,
    AuthorizationCode: 60,
    IdToken: 3600,
    Interaction: 600,
    Session: 3600,
    Grant: 3600,
  },
})

/** Some clients add a slash to a URL without a path. */
const isSame = (resource: string, audience: string) => resource.replace(/\/$/, '') === audience

async function grantEverything(context: KoaContextWithOIDC) {
  const { client, session, provider, params } = context.oidc
  const grant = new provider.Grant({
    clientId: client?.clientId ?? '',
    accountId: session?.accountId ?? '',
  })
  grant.addOIDCScope('openid email')
  grant.addResourceScope(String(params?.resource), '')
  await grant.save()
  return grant
}

/** A client with a secret, for tokens of this scope (client credentials). */
export function machine(client_id: string, client_secret: string, scope: string) {
  return {
    client_id,
    client_secret,
    scope,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  }
}

/** A native app's client (RFC 8252), which has no secret. */
export const person = {
  client_id: clients.person,
  application_type: 'native' as const,
  token_endpoint_auth_method: 'none' as const,
  scope: 'openid email',
  redirect_uris: [redirectUri],
}
