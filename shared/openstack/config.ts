/** By id where one is given, else by name. */
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
  /** Where it is given, the catalogue has to know it. */
  region?: string
  /** Where it is given, requests go to the catalogue's endpoint of this kind instead of `authUrl`. */
  interface?: 'public' | 'internal' | 'admin'
  /** `OS_CACERT`: a PEM text, or the path of a file with one. */
  caCertificate?: string
}
