import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { CompactSign, type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose'
import type { TokenConfig } from '../../shared/auth/tokens.ts'

/** `null` leaves the header out; `key` is another one to sign with. */
export type TokenHeader = { alg?: string; kid?: string | null; typ?: string | null; key?: CryptoKey }

export type TestIssuer = {
  url: string
  audience: string
  /** What a verifier of this issuer's tokens is given: clients `ops` and `checker`, group `operators`. */
  config: TokenConfig
  /** A signed token: the claims over those of a plain login; an `undefined` one is left out. ES256 if not told. */
  token(claims?: Record<string, unknown>, header?: TokenHeader): Promise<string>
  /** Header and payload, as they are, with a signature of the key of the first algorithm, which is `ES256`. */
  sign(content: string): Promise<string>
  publicKeyPem(alg: string): Promise<string>
  /** Requests for a path (`/jwks`, `/.well-known/openid-configuration`) so far. */
  requests(path: string): number
  /** What the issuer answers from now on instead of its own document; `undefined` restores it. */
  answer(path: string, response: Answer | undefined): void
  close(): Promise<void>
}

type Answer = { status: number; body: string; location?: string }
const missing: Answer = { status: 404, body: '' }
const discoveryPath = '/.well-known/openid-configuration'

/** An OpenID issuer on a loopback port: discovery, keys, and whatever token a test asks for. */
export async function startIssuer(now: () => Date = () => new Date(), algs = ['ES256']): Promise<TestIssuer> {
  const keys = new Map<string, { publicKey: CryptoKey; privateKey: CryptoKey }>()
  const jwks: JWK[] = []
  for (const alg of algs) {
    const pair = await generateKeyPair(alg, { extractable: true })
    keys.set(alg, pair)
    jwks.push({ ...(await exportJWK(pair.publicKey)), kid: alg, alg, use: 'sig' })
  }
  const counts = new Map<string, number>()
  const answers = new Map<string, Answer>()
  const overridden = new Map<string, Answer>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const { status, body, location } = overridden.get(path) ?? answers.get(path) ?? missing
    if (location !== undefined) response.setHeader('location', location)
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const url = await listen(server)
  const audience = 'https://latchkey.test'
  answers.set(discoveryPath, { status: 200, body: JSON.stringify({ issuer: url, jwks_uri: `${url}/jwks` }) })
  answers.set('/jwks', { status: 200, body: JSON.stringify({ keys: jwks }) })

  const keyOf = (alg: string) => {
    const pair = keys.get(alg)
    if (!pair) throw new Error(`start the issuer with ${alg}`)
    return pair
  }
  return {
    url,
    audience,
    config: {
      issuer: url,
      audience,
      operatorClients: ['ops'],
      checkClients: ['checker'],
      operatorGroups: ['operators'],
      now,
    },
    async token(claims = {}, { alg = algs[0] ?? 'ES256', kid = alg, typ = 'at+jwt', key } = {}) {
      const seconds = Math.floor(now().getTime() / 1000)
      const login = { iss: url, aud: audience, sub: 'subject-1', client_id: 'web', jti: randomUUID() }
      const payload = { ...login, iat: seconds, exp: seconds + 300, ...claims }
      return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg, ...(kid === null ? {} : { kid }), ...(typ === null ? {} : { typ }) })
        .sign(key ?? keyOf(alg).privateKey)
    },
    async sign(content) {
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const signature = await crypto.subtle.sign(algorithm, keyOf('ES256').privateKey, Buffer.from(content))
      return `${content}.${Buffer.from(signature).toString('base64url')}`
    },
    publicKeyPem: (alg) => exportSPKI(keyOf(alg).publicKey),
    requests: (path) => counts.get(path) ?? 0,
    answer(path, response) {
      if (response) overridden.set(path, response)
      else overridden.delete(path)
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the issuer has no port')
  return `http://127.0.0.1:${address.port}`
}
