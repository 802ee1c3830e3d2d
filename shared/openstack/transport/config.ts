/** The body of `POST /v3/auth/tokens`. */
export function tokenRequest({ credential, scope }: KeystoneConfig): unknown {
  return { auth: { identity: identityOf(credential), ...(scope && { scope }) } }
}

/** The secret to mask in messages and logs. */
export function secretOf({ credential }: KeystoneConfig): string {
  return credential.kind === 'password' ? credential.password : credential.secret
}

/** The variables of the credential: Keystone doesn't say which one it refuses. */
export function variablesOf({ credential }: KeystoneConfig): string {
  return credential.kind === 'password'
    ? 'OS_USERNAME, OS_PASSWORD, OS_USER_DOMAIN_ID, OS_PROJECT_NAME and OS_PROJECT_DOMAIN_ID'
    : 'OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET'
}

function identityOf(credential: Credential): unknown {
  if (credential.kind === 'password') {
    const { user, password } = credential
    return { methods: ['password'], password: { user: { ...user, password } } }
  }
  return {
    methods: ['application_credential'],
    application_credential: { ...credential.credential, secret: credential.secret },
  }
}

/** An id, or else a name. */
export type Reference = { id: string } | { name: string }

export type Credential =
  | { kind: 'password'; user: { id: string } | { name: string; domain: Reference }; password: string }
  | {
      kind: 'application-credential'
      credential:
        | { id: string }
        | { name: string; user: { id: string } | { name: string; domain: Reference } }
      secret: string
    }

export type Scope =
  | { project: { id: string } | { name: string; domain: Reference } }
  | { domain: Reference }
  | { system: { all: true } }

export type KeystoneConfig = {
  /** With or without `/v3`, without a slash at the end. */
  authUrl: string
  credential: Credential
  /** An application credential has its own. */
  scope?: Scope
  /** If given, it has to be in the catalogue. */
  region?: string
  /** If given, requests go to the catalogue's endpoint of this kind instead of `authUrl`. */
  interface?: 'public' | 'internal' | 'admin'
  /** `OS_CACERT`: a PEM text, or the path of a file with one. */
  caCertificate?: string
}
