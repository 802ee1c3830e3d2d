import type { Credential, KeystoneConfig } from './config.ts'

/** The body of `POST /v3/auth/tokens`. */
export function tokenRequest({ credential, scope }: KeystoneConfig): unknown {
  return { auth: { identity: identityOf(credential), ...(scope && { scope }) } }
}

/** What may never be told to anybody but Keystone. */
export function secretOf({ credential }: KeystoneConfig): string {
  return credential.kind === 'password' ? credential.password : credential.secret
}

/** The variables to look at when Keystone doesn't accept the credential; it doesn't say which one is wrong. */
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
