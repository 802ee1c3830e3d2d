import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTokenVerifier, type TokenConfig } from '../../../shared/auth/tokens.ts'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { startIssuer, type TestIssuer } from '../../support/tokens.ts'

const start = new Date('2026-11-23T12:00:00.900Z')
const seconds = Math.floor(start.getTime() / 1000)
let issuer: TestIssuer
let verify: (token: string, config?: Partial<TokenConfig>) => Promise<unknown>

beforeAll(async () => {
  issuer = await startIssuer(() => start, ['ES256', 'RS256', 'PS256', 'Ed25519'])
  const shared = createTokenVerifier(issuer.config)
  verify = async (token, config) =>
    (config ? createTokenVerifier({ ...issuer.config, ...config }) : shared)(`Bearer ${token}`)
})
afterAll(() => issuer.close())

async function rejectionOf(verifying: Promise<unknown>): Promise<string> {
  const error: unknown = await verifying.catch((thrown: unknown) => thrown)
  if (!(error instanceof DomainError)) throw new Error('expected a DomainError', { cause: error })
  expect(error.code).toBe('unauthenticated')
  return error.message
}

const anHourLater = () => new Date(start.getTime() + 3_600_000)
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an access token of the issuer', () => {
  it.each(['ES256', 'RS256', 'PS256', 'Ed25519'])('is accepted with %s', async (alg) => {
    expect(await verify(await issuer.token({}, { alg }))).toEqual({
      kind: 'login',
      issuer: issuer.url,
      subject: 'subject-1',
      emailVerified: false,
    })
  })

  it.each([{ typ: 'application/AT+JWT' }, { kid: null }])('may have the header %j', async (header) => {
    expect(await verify(await issuer.token({}, header))).toMatchObject({ kind: 'login' })
  })

  it('may be for several audiences', async () => {
    const token = await issuer.token({ aud: ['https://other.test', issuer.audience] })
    expect(await verify(token)).toMatchObject({ kind: 'login' })
  })

  it('is accepted with the scheme in any case', async () => {
    const verifyHeader = createTokenVerifier(issuer.config)
    expect(await verifyHeader(`bearer   ${await issuer.token()}`)).toMatchObject({ kind: 'login' })
  })

  it('is accepted up to 30 seconds after it expired, for clocks that differ', async () => {
    expect(await verify(await issuer.token({ exp: seconds - 29 }))).toMatchObject({ kind: 'login' })
    expect(await rejectionOf(verify(await issuer.token({ exp: seconds - 30 })))).toMatch(/expired/)
  })

  it('is judged by the injected clock', async () => {
    expect(await rejectionOf(verify(await issuer.token(), { now: anHourLater }))).toMatch(/expired/)
  })
})

describe('the principal', () => {
  it('is read with the configured lists', async () => {
    const claims = { client_id: 'ops', scope: 'operator' }
    expect(await verify(await issuer.token(claims))).toEqual({ kind: 'operator', id: 'ops' })
    const person = { scope: 'operator', groups: ['operators'] }
    expect(await verify(await issuer.token(person))).toEqual({ kind: 'operator', id: 'subject-1' })
    const unlisted = await verify(await issuer.token(claims), { operatorClients: [] })
    expect(unlisted).toMatchObject({ kind: 'nobody' })
    const login = await verify(await issuer.token({ email: 'Ada@example.com', email_verified: true }))
    expect(login).toMatchObject({ email: 'ada@example.com', emailVerified: true })
  })
})

describe('a token is rejected', () => {
  it.each([undefined, '', 'Basic dTpw', 'Bearer', 'Bearer ', 'Bearer a b', 'Bearer a,b', 'xBearer abc'])(
    'with the header %j',
    async (header) => {
      await rejectionOf(createTokenVerifier(issuer.config)(header))
    },
  )

  it.each(['abc', 'a.b', 'a.b.c', '...', 'e30.e30.', 'a.b.c.d.e', `${encoded([])}.e30.AAAA`])(
    'if malformed: %s',
    async (token) => {
      expect(await rejectionOf(verify(token))).not.toMatch(/JWS|JWT|jose|undefined/i)
    },
  )

  it('with algorithm none', async () => {
    const [, payload] = (await issuer.token()).split('.')
    for (const alg of ['none', 'None', 'NONE', '']) {
      await rejectionOf(verify(`${encoded({ alg, typ: 'at+jwt', kid: 'RS256' })}.${payload}.`))
    }
  })

  it('if signed by HS256 with the public key as the secret', async () => {
    const pem = await issuer.publicKeyPem('RS256')
    const [, payload] = (await issuer.token()).split('.')
    for (const kid of ['RS256', undefined]) {
      const content = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`
      for (const secret of [pem, pem.trim()]) {
        const signature = createHmac('sha256', secret).update(content).digest('base64url')
        expect(await rejectionOf(verify(`${content}.${signature}`))).toMatch(/algorithm/)
      }
    }
  })

  it('if signed by a key that is not the issuer’s', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    for (const kid of ['ES256', 'unknown', null]) {
      expect(await rejectionOf(verify(await issuer.token({}, { key: privateKey, kid })))).toMatch(/signature/)
    }
  })

  it('if any part of it was changed or cut', async () => {
    const token = await issuer.token({ scope: 'check' })
    const [header, , signature] = token.split('.')
    const forged = encoded({ iss: issuer.url, aud: issuer.audience, sub: 'x', exp: seconds + 60 })
    await rejectionOf(verify(`${header}.${forged}.${signature}`))
    await rejectionOf(verify(token.slice(0, -4)))
    await rejectionOf(verify(token.slice(4)))
    await rejectionOf(verify(`${header}..${signature}`))
  })

  it('if it is an ID token or has no type', async () => {
    for (const typ of ['JWT', 'id+jwt', 'at', null]) {
      expect(await rejectionOf(verify(await issuer.token({}, { typ })))).toMatch(/not an access token/)
    }
  })

  it('of another issuer, exactly compared', async () => {
    const { url } = issuer
    for (const iss of ['https://other.test', `${url}/`, url.toUpperCase(), undefined, [url]]) {
      expect(await rejectionOf(verify(await issuer.token({ iss })))).toMatch(/"iss"/)
    }
  })

  it('for another audience', async () => {
    for (const aud of ['https://other.test', `${issuer.audience}/`, [], undefined]) {
      expect(await rejectionOf(verify(await issuer.token({ aud })))).toMatch(/"aud"/)
    }
  })

  it('if it is not valid yet', async () => {
    expect(await rejectionOf(verify(await issuer.token({ nbf: seconds + 31 })))).toMatch(/"nbf"/)
  })

  it.each(['exp', 'iat', 'sub', 'client_id', 'jti'])('without %s', async (claim) => {
    expect(await rejectionOf(verify(await issuer.token({ [claim]: undefined })))).toContain(`"${claim}"`)
  })

  it.each(['exp', 'iat'])('with %s as a string', async (claim) => {
    const token = await issuer.token({ [claim]: `${seconds + 60}` })
    expect(await rejectionOf(verify(token))).toContain(`"${claim}"`)
  })

  describe.each(['exp', 'iat', 'nbf'])('with %s', (claim) => {
    // JSON.stringify writes no such numbers, but JSON.parse reads them.
    const written = async (number: string) => {
      const [header, payload = ''] = (await issuer.token({ [claim]: -987_654 })).split('.')
      const json = Buffer.from(payload, 'base64url').toString().replace('-987654', number)
      return issuer.sign(`${header}.${Buffer.from(json).toString('base64url')}`)
    }

    const numbers = ['1e308', '1e400', '-1e400', '-1', '-0.5', '253402300800', '1763900000000']
    it.each(numbers)('%s', async (number) => {
      const isOver = claim === 'exp' && number.startsWith('-')
      expect(await rejectionOf(verify(await written(number)))).toContain(isOver ? 'expired' : `"${claim}"`)
    })

    it.each(['"1763900000"', 'null', 'true', '[1763900000]', '{}', '"NaN"'])('%s', async (value) => {
      expect(await rejectionOf(verify(await written(value)))).toContain(`"${claim}"`)
    })
  })

  it('if it was issued later than now, by more than clocks differ', async () => {
    expect(await rejectionOf(verify(await issuer.token({ iat: seconds + 31 })))).toMatch(/"iat"/)
    expect(await verify(await issuer.token({ iat: seconds + 30 }))).toMatchObject({ kind: 'login' })
  })

  it('with a subject that has no bytes of its own', async () => {
    for (const claim of ['sub', 'client_id', 'jti']) {
      const token = await issuer.token({ [claim]: 'half \ud800' })
      expect(await rejectionOf(verify(token))).toContain(`"${claim}"`)
    }
  })

  it.each(['sub', 'client_id', 'jti'])('with %s that is not a text', async (claim) => {
    for (const value of [1, null, '', ['ops'], {}])
      await rejectionOf(verify(await issuer.token({ [claim]: value })))
  })

  it('with a scope that is a list', async () => {
    const token = await issuer.token({ scope: ['operator'], client_id: 'ops' })
    expect(await rejectionOf(verify(token))).toMatch(/"scope"/)
  })

  it('for any other text, and nothing else is thrown', async () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.string(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    )
    const token = fc.oneof(
      fc.string(),
      fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')),
    )
    await fc.assert(fc.asyncProperty(token, async (text) => void (await rejectionOf(verify(text)))))
  })
})
