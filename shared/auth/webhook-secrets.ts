import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

/** Always two keys of each kind: those that a source lacks are random ones that nobody can sign with. */
export type SourceKeys = { hmac: Buffer[]; ed25519: KeyObject[] }

/** Reports a problem of a source or one of its secrets; the message has no part of the secret. */
export type OnUnusable = (problem: Error) => void

/**
 * Returns the keys of a source's one or two secrets. Malformed ones are reported and left out; without any left, nobody can
 * sign for the source. `onUnusable` may throw.
 */
export function keysOfSource(source: string, secrets: unknown, onUnusable: OnUnusable): SourceKeys {
  const keys: SourceKeys = { hmac: [], ed25519: [] }
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(source)) {
    onUnusable(new Error('a webhook source must be named by 1 to 64 letters, digits, hyphens or underscores'))
  } else if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > 2) {
    onUnusable(new Error(`webhook source ${source} must have one or two secrets`))
  } else {
    for (const [index, secret] of secrets.entries()) {
      const problem = `webhook source ${source}: secret ${index + 1} is malformed: ${forms}`
      if (!isAdded(keys, secret)) onUnusable(new Error(problem))
    }
  }
  return padded(keys)
}

function isAdded(keys: SourceKeys, secret: unknown): boolean {
  const hmac = decode(secret, 'whsec_')
  const ed25519 = decode(secret, 'whpk_')
  if (hmac && hmac.length >= 24 && hmac.length <= 64) keys.hmac.push(hmac)
  else if (ed25519?.length === 32) keys.ed25519.push(publicKey(ed25519))
  else return false
  return true
}

/** Keys with which nobody can sign, as many as any source has. */
export function unknownSourceKeys(): SourceKeys {
  return padded({ hmac: [], ed25519: [] })
}

const forms =
  'neither whsec_ with 24 to 64 bytes in base64 nor whpk_ with the 32 bytes of an ed25519 public key'

function padded({ hmac, ed25519 }: SourceKeys): SourceKeys {
  return {
    hmac: [...hmac, randomBytes(32), randomBytes(32)].slice(0, 2),
    ed25519: [...ed25519, unusedPublicKey(), unusedPublicKey()].slice(0, 2),
  }
}

function unusedPublicKey(): KeyObject {
  return generateKeyPairSync('ed25519').publicKey
}

function publicKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' })
}

function decode(secret: unknown, prefix: string): Buffer | undefined {
  return typeof secret === 'string' && secret.startsWith(prefix)
    ? fromBase64(secret.slice(prefix.length))
    : undefined
}

/** Decodes canonical base64; undefined for any other text. Node itself skips characters that aren't base64. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
