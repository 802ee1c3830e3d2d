import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'

/** Half of a key pair that signs reports; `id` is the thumbprint of the public half (RFC 7638). */
export type ReportKey = { id: string; key: KeyObject }

/** A public key as anybody may have it (RFC 8037). */
export type PublicReportKey = {
  kty: 'OKP'
  crv: 'Ed25519'
  x: string
  kid: string
  alg: 'EdDSA'
  use: 'sig'
}

/** Whether it is a private Ed25519 key, whatever else it says. */
export function isPrivateReportKey(jwk: unknown): jwk is JWK {
  return typeof jwk === 'object' && jwk !== null && privateKeyOf(jwk) !== undefined
}

/** Throws an Error, which says nothing of the key, if it isn't a private Ed25519 key. */
export async function readPrivateKey(jwk: JWK): Promise<ReportKey> {
  const key = privateKeyOf(jwk)
  if (!key) throw new Error('a key that signs reports is not a private Ed25519 key')
  return { id: (await publicKeyOf(key)).kid, key }
}

/** The public halves, made from the private ones. Throws like `readPrivateKey`. */
export async function publicJwks(privateJwks: readonly JWK[]): Promise<{ keys: PublicReportKey[] }> {
  const keys = await Promise.all(privateJwks.map(readPrivateKey))
  return { keys: await Promise.all(keys.map(({ key }) => publicKeyOf(key))) }
}

/** Those of a key set that can verify a report; of a private key its public half. */
export async function readTrustedKeys(jwks: { keys: readonly JWK[] }): Promise<ReportKey[]> {
  const keys = await Promise.all(
    jwks.keys.filter((key) => typeof key === 'object' && key !== null).map(readPublicKey),
  )
  return keys.filter((key) => key !== undefined)
}

async function readPublicKey({ kty, crv, x }: JWK): Promise<ReportKey | undefined> {
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return undefined
  const key = created(() => createPublicKey({ key: { kty, crv, x }, format: 'jwk' }))
  return key && { id: (await publicKeyOf(key)).kid, key }
}

/** Whatever a file calls a key: its own bytes say its id. */
async function publicKeyOf(key: KeyObject): Promise<PublicReportKey> {
  const { x = '' } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' })
  const jwk = { kty: 'OKP', crv: 'Ed25519', x } as const
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'EdDSA', use: 'sig' }
}

function privateKeyOf(jwk: object): KeyObject | undefined {
  const key = created(() => createPrivateKey({ key: { ...jwk }, format: 'jwk' }))
  return key?.asymmetricKeyType === 'ed25519' ? key : undefined
}

function created(create: () => KeyObject): KeyObject | undefined {
  try {
    return create()
  } catch {
    return undefined
  }
}
