import { createPrivateKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWK } from 'jose'

const generate = promisify(generateKeyPair)

/** Creates a private key for each algorithm of the local issuer. */
export async function createSigningKeys(): Promise<JWK[]> {
  const pairs = {
    RS256: await generate('rsa', { modulusLength: 2048 }),
    ES256: await generate('ec', { namedCurve: 'P-256' }),
    EdDSA: await generate('ed25519'),
  }
  return Object.entries(pairs).map(([alg, { privateKey }]) => ({
    ...privateKey.export({ format: 'jwk' }),
    alg,
    use: 'sig',
  }))
}

/** Creates a private key that signs reports. */
export async function createReportKey(): Promise<JWK> {
  const { privateKey } = await generate('ed25519')
  return privateKey.export({ format: 'jwk' })
}

/** True if the key can sign. */
export function isPrivateKey(key: unknown): key is JWK {
  try {
    return typeof key === 'object' && createPrivateKey({ key: { ...key }, format: 'jwk' }).type === 'private'
  } catch {
    return false
  }
}
