import { hash } from 'node:crypto'

/** Who a token of a person says that it stands for. */
export type LoginClaims = { issuer: string; subject: string; email?: string; emailVerified: boolean }

/** What a login is stored under: SHA-256 over issuer and subject, each after its length, so that no two pairs run together. */
export function loginHash({ issuer, subject }: Pick<LoginClaims, 'issuer' | 'subject'>): string {
  const text = [issuer, subject].map((part) => `${Buffer.byteLength(part)}:${part}`).join('')
  return hash('sha256', text, 'base64url')
}
