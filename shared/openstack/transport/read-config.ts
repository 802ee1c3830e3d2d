import type { Credential, KeystoneConfig, Reference, Scope } from './config.ts'
import { KeystoneError } from './errors.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the usual variables of OpenStack clients (an `openrc`, or the same names in a secret). Returns undefined without
 * `OS_AUTH_URL`, which switches OpenStack off. Throws `configuration` with all problems in one message.
 */
export function readKeystoneConfig(variables: Variables): KeystoneConfig | undefined {
  if (!trimmed(variables, 'OS_AUTH_URL')) return undefined
  const problems: string[] = []
  const reader = new Reader(variables, problems)
  const authUrl = reader.authUrl()
  reader.version()
  const kind = reader.kind()
  const credential = kind === 'password' ? reader.password() : reader.applicationCredential()
  const scope = kind === 'password' ? reader.scope() : undefined
  const endpoint = reader.interface()
  const region = reader.text('OS_REGION_NAME')
  const caCertificate = reader.text('OS_CACERT')
  if (problems.length > 0)
    throw new KeystoneError('configuration', `OpenStack is not configured: ${problems.join('; ')}`)
  return {
    authUrl,
    credential,
    ...(scope && { scope }),
    ...(region && { region }),
    ...(endpoint && { interface: endpoint }),
    ...(caCertificate && { caCertificate }),
  }
}

class Reader {
  readonly #variables: Variables
  readonly #problems: string[]

  constructor(variables: Variables, problems: string[]) {
    this.#variables = variables
    this.#problems = problems
  }

  text(name: string): string | undefined {
    return trimmed(this.#variables, name)
  }

  authUrl(): string {
    const text = this.text('OS_AUTH_URL') ?? ''
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (!url || !/^https?:$/.test(url.protocol)) {
      return this.#wrong('OS_AUTH_URL is not an http(s) URL such as https://keystone.example.com:5000/v3')
    }
    if (url.username || url.password || url.search || url.hash) {
      return this.#wrong('OS_AUTH_URL may hold neither credentials nor a query')
    }
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  }

  version(): void {
    const version = this.text('OS_IDENTITY_API_VERSION')
    if (version && !/^v?3(\.\d+)?$/.test(version)) this.#wrong('OS_IDENTITY_API_VERSION must be 3')
  }

  kind(): Credential['kind'] {
    const type = this.text('OS_AUTH_TYPE')
    if (type === undefined) {
      const named = this.text('OS_APPLICATION_CREDENTIAL_ID') ?? this.text('OS_APPLICATION_CREDENTIAL_NAME')
      return named === undefined ? 'password' : 'application-credential'
    }
    if (type === 'password' || type === 'v3password') return 'password'
    if (type !== 'v3applicationcredential') {
      this.#wrong('OS_AUTH_TYPE must be password, v3password or v3applicationcredential')
    }
    return 'application-credential'
  }

  password(): Credential {
    const hint = 'or set OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET'
    return { kind: 'password', user: this.#user(hint), password: this.#secret('OS_PASSWORD', hint) }
  }

  applicationCredential(): Credential {
    const id = this.text('OS_APPLICATION_CREDENTIAL_ID')
    const name = this.text('OS_APPLICATION_CREDENTIAL_NAME')
    if (!id && !name) this.#wrong('OS_APPLICATION_CREDENTIAL_ID is missing')
    return {
      kind: 'application-credential',
      credential: id || !name ? { id: id ?? '' } : { name, user: this.#user('or set its id instead') },
      secret: this.#secret('OS_APPLICATION_CREDENTIAL_SECRET'),
    }
  }

  scope(): Scope | undefined {
    const project = this.#named('OS_PROJECT', 'OS_PROJECT_DOMAIN')
    const domain = this.#reference('OS_DOMAIN')
    const system = this.text('OS_SYSTEM_SCOPE')
    if (system && system !== 'all') this.#wrong('OS_SYSTEM_SCOPE must be all')
    const scopes: Scope[] = [
      ...(project ? [{ project }] : []),
      ...(domain ? [{ domain }] : []),
      ...(system ? [{ system: { all: true as const } }] : []),
    ]
    if (scopes.length > 1) this.#wrong('only one of OS_PROJECT_*, OS_DOMAIN_* and OS_SYSTEM_SCOPE may be set')
    if (scopes.length === 0) this.#wrong('OS_PROJECT_NAME is missing (or set OS_SYSTEM_SCOPE=all)')
    return scopes[0]
  }

  interface(): KeystoneConfig['interface'] {
    const given = this.text('OS_INTERFACE') ?? this.text('OS_ENDPOINT_TYPE')
    const known = (['public', 'internal', 'admin'] as const).find(
      (kind) => given?.replace(/URL$/, '') === kind,
    )
    if (given && !known) this.#wrong('OS_INTERFACE must be public, internal or admin')
    return known
  }

  #user(hint: string): { id: string } | { name: string; domain: Reference } {
    const user = this.#named('OS_USER', 'OS_USER_DOMAIN', 'OS_USERNAME')
    if (!user) this.#wrong(`OS_USERNAME is missing (${hint})`)
    return user ?? { id: '' }
  }

  /** An id needs no domain; a name has one, by default `default`. */
  #named(prefix: string, domainPrefix: string, nameVariable = `${prefix}_NAME`) {
    const id = this.text(`${prefix}_ID`)
    if (id) return { id }
    const name = this.text(nameVariable)
    if (!name) return undefined
    const domain = this.#reference(domainPrefix) ?? { id: this.text('OS_DEFAULT_DOMAIN') ?? 'default' }
    return { name, domain }
  }

  #reference(prefix: string): Reference | undefined {
    const id = this.text(`${prefix}_ID`)
    const name = this.text(`${prefix}_NAME`)
    return id ? { id } : name ? { name } : undefined
  }

  /** Untrimmed: a secret may begin or end with a space. */
  #secret(name: string, hint?: string): string {
    const secret = this.#variables[name] ?? ''
    return secret || this.#wrong(`${name} is missing${hint ? ` (${hint})` : ''}`)
  }

  #wrong(problem: string): string {
    this.#problems.push(problem)
    return ''
  }
}

function trimmed(variables: Variables, name: string): string | undefined {
  return variables[name]?.trim() || undefined
}
