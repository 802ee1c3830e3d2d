import { createHash, randomBytes } from 'node:crypto'
import { clients, redirectUri, resourceOf, type SigningAlgorithm } from '../issuer/names.ts'
import { CliError } from '../cli-error.ts'
import { ask, clientSecretsOf, type LocalService } from './local-service.ts'

/** A machine's access token, by its client credentials (RFC 6749, section 4.4). @throws {CliError} */
export async function takeMachineToken(
  service: LocalService,
  machine: 'operator' | 'check',
  algorithm: SigningAlgorithm = 'RS256',
): Promise<string> {
  const secret = clientSecretsOf(service)[machine]
  const credentials = Buffer.from(`${clients[machine]}:${secret}`).toString('base64')
  return postToken(
    service,
    { grant_type: 'client_credentials', scope: machine, resource: resourceOf(algorithm) },
    { authorization: `Basic ${credentials}` },
  )
}

/** A person's access token, by the authorization code flow with PKCE (RFC 7636). @throws {CliError} */
export async function takePersonToken(
  service: LocalService,
  email: string,
  algorithm: SigningAlgorithm = 'RS256',
): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const resource = resourceOf(algorithm)
  const request = new URLSearchParams({
    client_id: clients.person,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    resource,
    login_hint: email,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const code = await followToCode(service, `${service.issuer}/auth?${request.toString()}`)
  return postToken(service, {
    grant_type: 'authorization_code',
    client_id: clients.person,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
    resource,
  })
}

/** Acts as a browser: follows redirects with their cookies until one leads back to the client. */
async function followToCode(service: LocalService, start: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = start
  for (let hop = 0; hop < 10; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await ask(service, url, { redirect: 'manual', headers: { cookie } })
    const location = response.headers.get('location')
    if (!location) throw new CliError(`the issuer refuses the login: ${(await response.text()).trim()}`)
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    url = new URL(location, url).href
    if (url.startsWith(redirectUri)) return codeOf(new URL(url).searchParams)
  }
  throw new CliError('the issuer never finishes the login')
}

function codeOf(answer: URLSearchParams): string {
  const code = answer.get('code')
  if (!code) throw new CliError(`the issuer refuses the login: ${answer.get('error_description') ?? ''}`)
  return code
}

async function postToken(
  service: LocalService,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<string> {
  const response = await ask(service, `${service.issuer}/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (typeof answer === 'object' && answer && 'access_token' in answer) return String(answer.access_token)
  const reason = typeof answer === 'object' && answer && 'error' in answer ? answer.error : response.status
  throw new CliError(`the issuer gives no token: ${String(reason)}`)
}
