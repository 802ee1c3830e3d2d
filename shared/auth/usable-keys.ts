import type { JWK } from 'jose'

const signing = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
  Ed25519: ['EdDSA', 'Ed25519'],
} as const

/** Bytes of a coordinate (RFC 7518, section 6.2.1.2). */
const curveBytes: Record<string, number> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }
/** Bits of a modulus: fewer are weak (RFC 7518, section 3.3), more than OpenSSL verifies with. */
const modulusBits = { least: 2048, most: 16_384 }
/** Some implementations, OpenSSL among them, accept no longer public exponent. */
const maxExponentBytes = 8
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/**
 * Returns the keys of a JWK Set that can verify a signature, without members that it doesn't need. All others are ignored, as
 * RFC 7517 (section 5) asks: those of unknown kinds, curves and algorithms, and symmetric, private, weak or malformed ones, or
 * those for another use. Returns undefined for anything but a JWK Set. Whether a point lies on its curve shows only when the
 * key is imported.
 */
export function usableKeys(set: unknown): JWK[] | undefined {
  if (!isObject(set) || !Array.isArray(set.keys)) return undefined
  return set.keys.map(usableKey).filter((key) => key !== undefined)
}

function usableKey(jwk: unknown): JWK | undefined {
  if (!isObject(jwk) || privateMembers.some((name) => jwk[name] !== undefined)) return undefined
  const { kid, alg } = jwk
  if (!isTextOrAbsent(kid) || !isTextOrAbsent(alg) || !isForVerifying(jwk)) return undefined
  const material = materialOf(jwk)
  const algorithms: readonly string[] = material ? signing[material.crv ?? 'RSA'] : []
  if (!material || (alg !== undefined && !algorithms.includes(alg))) return undefined
  return { ...material, ...(kid !== undefined && { kid }), ...(alg !== undefined && { alg }) }
}

/** RFC 7517, sections 4.2 and 4.3: without either member, a key is for any use. */
function isForVerifying({ use, key_ops: operations }: Record<string, unknown>): boolean {
  if (use !== undefined && use !== 'sig') return false
  if (operations === undefined) return true
  if (!Array.isArray(operations) || new Set(operations).size !== operations.length) return false
  return operations.every((each) => typeof each === 'string') && operations.includes('verify')
}

type Material =
  | { kty: 'RSA'; n: string; e: string; crv?: never }
  | { kty: 'EC'; crv: 'P-256' | 'P-384' | 'P-521'; x: string; y: string }
  | { kty: 'OKP'; crv: 'Ed25519'; x: string }

function materialOf({ kty, crv, n, e, x, y }: Record<string, unknown>): Material | undefined {
  if (kty === 'RSA') return isModulus(n) && isExponent(e) ? { kty, n, e } : undefined
  if (kty === 'OKP') return crv === 'Ed25519' && isOfBytes(x, 32) ? { kty, crv, x } : undefined
  if (kty !== 'EC' || (crv !== 'P-256' && crv !== 'P-384' && crv !== 'P-521')) return undefined
  const bytes = curveBytes[crv] ?? 0
  return isOfBytes(x, bytes) && isOfBytes(y, bytes) ? { kty, crv, x, y } : undefined
}

function isModulus(n: unknown): n is string {
  const bytes = bytesOf(n)
  const bits = bytes ? bitsOf(bytes) : 0
  return bits >= modulusBits.least && bits <= modulusBits.most && isOdd(bytes)
}

/** With an exponent of 1, a signature is the padded text itself, which anybody can write. */
function isExponent(e: unknown): e is string {
  const bytes = bytesOf(e)
  const bits = bytes ? bitsOf(bytes) : 0
  return bits >= 2 && bits <= maxExponentBytes * 8 && isOdd(bytes)
}

const isOdd = (bytes: Buffer | undefined) => ((bytes?.at(-1) ?? 0) & 1) === 1

/** Bits of a big-endian number, without leading zeros. */
function bitsOf(bytes: Buffer): number {
  const start = bytes.findIndex((byte) => byte !== 0)
  return start < 0 ? 0 : (bytes.length - start) * 8 - Math.clz32((bytes[start] ?? 0) << 24)
}

const isOfBytes = (text: unknown, length: number): text is string => bytesOf(text)?.length === length

/** Decodes unpadded base64url; undefined for any other text that decodes to the same bytes. */
function bytesOf(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

const isTextOrAbsent = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
