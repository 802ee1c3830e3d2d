import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'

/** A private or public key of reports; `id` is the thumbprint of the public key (RFC 7638). */
export type ReportKey = { id: string; key: KeyObject }

/** A public key as published (RFC 8037). */
export type PublicReportKey = {
  kty: 'OKP'
  crv: 'Ed25519'
  x: string
  kid: string
  alg: 'EdDSA'
  use: 'sig'
}

/** True for a private Ed25519 key, whatever other fields it has. */
export function isPrivateReportKey(jwk: unknown): jwk is JWK {
  return typeof jwk === 'object' && jwk !== null && privateKeyOf(jwk) !== undefined
}

/** Throws an Error, without any part of the key, unless it is a private Ed25519 key. */
export async function readPrivateKey(jwk: JWK): Promise<ReportKey> {
  const key = privateKeyOf(jwk)
  if (!key) throw new Error('a key that signs reports is not a private Ed25519 key')
  return { id: (await publicKeyOf(key)).kid, key }
}

/** Returns the public keys of these private ones. Throws like `readPrivateKey`. */
export async function publicJwks(privateJwks: readonly JWK[]): Promise<{ keys: PublicReportKey[] }> {
  const keys = await Promise.all(privateJwks.map(readPrivateKey))
  return { keys: await Promise.all(keys.map(({ key }) => publicKeyOf(key))) }
}

/** Reads the keys of a set that can verify a report; of a private key, its public key. */
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

/** Derives the id from the key's own bytes; a `kid` in the file is ignored. */
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
