import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { afterAll } from 'vitest'
import { createTokenVerifier, type Principal } from '../../../shared/auth/tokens.ts'
import { documentOptions, openTable } from '../../../shared/table/table.ts'
import { startTestEngine } from '../../support/engine.ts'
import { startIssuer } from '../../support/tokens.ts'

export const operator = { sub: 'ops', client_id: 'ops', scope: 'operator' }
export const check = { sub: 'checker', client_id: 'checker', scope: 'check' }
export const nobody = { sub: 'someone', client_id: 'someone', scope: 'operator' }

/** Less than the five minutes that a token is good for. */
const tokenLasts = 240_000

const dawn = () => Date.parse('2026-11-23T12:00:00.000Z')

/** An engine, an issuer whose tokens the API takes, and a clock that stands still until it is set. */
export async function startBase() {
  const engine = await startTestEngine()
  let clock = dawn
  const now = () => new Date(clock())
  const issuer = await startIssuer(now)
  const clients: { destroy: () => void }[] = []
  const tokens = new Map<string, { token: Promise<string>; at: number }>()
  const verify = createTokenVerifier(issuer.config)
  const verified = new Map<string, { principal: Principal; at: number; until: number }>()
  afterAll(async () => {
    for (const client of clients) client.destroy()
    await issuer.close()
  })

  return {
    engine,
    issuer,
    /** Verifies the signature of each token once, which would take much of the time. */
    verifyToken: async (authorization = ''): Promise<Principal> => {
      const known = verified.get(authorization)
      if (known && clock() >= known.at && clock() < known.until) return known.principal
      const principal = await verify(authorization)
      verified.set(authorization, { principal, at: clock(), until: expiryOf(authorization) })
      return principal
    },
    now,
    setTime: (to: Date | number) => {
      clock = () => Number(to)
    },
    /** In milliseconds since the epoch. */
    setClock: (to: () => number) => {
      clock = to
    },
    /** A token with these claims, signed anew when the last one is about to expire. */
    tokenOf: (claims: Record<string, unknown>): Promise<string> => {
      const name = JSON.stringify(claims)
      const known = tokens.get(name)
      if (known && clock() >= known.at && clock() < known.at + tokenLasts) return known.token
      const token = issuer.token(claims)
      tokens.set(name, { token, at: clock() })
      return token
    },
    /** A connection of its own, for a Lambda whose clock may differ. */
    connect: (ofLambda = now) => {
      const client = engine.connect()
      clients.push(client)
      const documents = DynamoDBDocumentClient.from(client, documentOptions)
      return { client, documents, open: (name: string) => openTable({ documents, name, now: ofLambda }) }
    },
  }
}

function expiryOf(authorization: string): number {
  const [, payload = ''] = authorization.split('.')
  return Number(JSON.parse(Buffer.from(payload, 'base64url').toString()).exp) * 1000
}

export type Base = Awaited<ReturnType<typeof startBase>>
