import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Provider } from 'oidc-provider'
import { configurationFor, machine, person } from './configuration.ts'
import { clients, issuerPath, subjectOf } from './names.ts'
import type { IssuerOptions, Listener } from './options.ts'

/**
 * An OpenID provider for one machine, to be mounted at `issuerPath`. It trusts every caller: a login gets the verified e-mail
 * address of its `login_hint`.
 */
export function createIssuer({ url, audience, signingKeys, clientSecrets, log }: IssuerOptions): Listener {
  const emails = new Map<string, string>()
  const provider = new Provider(url, {
    ...configurationFor(audience),
    jwks: { keys: signingKeys },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: [
      machine(clients.operator, clientSecrets.operator, 'operator'),
      machine(clients.check, clientSecrets.check, 'check'),
      person,
    ],
    findAccount: (_context, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...emailClaims(emails.get(subject)) }),
    }),
    extraTokenClaims: (_context, token) =>
      emailClaims(emails.get('accountId' in token ? token.accountId : '')),
  })
  provider.on('server_error', (_context, error) => log('error', 'issuer failed', { error: error.name }))
  const answer = provider.callback()
  return (request, response) => {
    const path = (request.url ?? '').slice(issuerPath.length)
    if (path.startsWith('/login/')) {
      void logIn(provider, emails, request, response)
      return
    }
    // The provider takes the removed part of the path for its mount point.
    Object.assign(request, { originalUrl: request.url, url: path || '/' })
    void answer(request, response)
  }
}

/** In place of a login page: no password, no consent. */
async function logIn(
  provider: Provider,
  emails: Map<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { params } = await provider.interactionDetails(request, response)
    const email = typeof params.login_hint === 'string' ? params.login_hint.toLowerCase() : ''
    const accountId = subjectOf(email)
    emails.set(accountId, email)
    const result = email.includes('@')
      ? { login: { accountId }, consent: {} }
      : { error: 'access_denied', error_description: 'login_hint is not an e-mail address' }
    await provider.interactionFinished(request, response, result)
  } catch {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('This login has expired; start again.\n')
  }
}

function emailClaims(email: string | undefined) {
  return email === undefined ? {} : { email, email_verified: true }
}
