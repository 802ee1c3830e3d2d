import { decodeJwt, decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import type { LocalService } from '../../../infra/local/client/local-service.ts'
import { takeMachineToken, takePersonToken } from '../../../infra/local/client/take-token.ts'
import { readSecrets } from '../../../infra/local/data/data-folder.ts'
import { signingAlgorithms } from '../../../infra/local/issuer/names.ts'
import { fakeService, startAround } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const { origin, PORT, dataFolder } = await startAround(temporaryFolder(), fakeService().compose)
const service: LocalService = { origin, issuer: `${origin}/oidc`, port: Number(PORT), dataFolder }

const who = async (token: string): Promise<unknown> =>
  (await fetch(`${origin}/who`, { headers: { authorization: `Bearer ${token}` } })).json()

const subjectOf = async (email: string) => decodeJwt(await takePersonToken(service, email)).sub
const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
const request = (authorization: string, scope: string, resource: string) => {
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope, resource })
  return fetch(`${service.issuer}/token`, { method: 'POST', headers: { authorization }, body })
}
const ask = async (authorization: string, scope: string) =>
  (await request(authorization, scope, 'urn:latchkey:api:rs256')).status

test.each(['operator', 'check'] as const)('client credentials give a token with scope %s', async (kind) => {
  const token = await takeMachineToken(service, kind)
  expect(await who(token)).toEqual({ kind, id: `latchkey-${kind}` })
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' })
  expect(decodeJwt(token)).toMatchObject({ scope: kind, client_id: `latchkey-${kind}`, aud: origin })
})

/** Asks for an operator's token. */
async function operatorToken(resource: string) {
  const { operatorClient } = readSecrets(dataFolder)
  const answer = await request(basic('latchkey-operator', operatorClient), 'operator', resource)
  return { status: answer.status, ...((await answer.json()) as { access_token?: string; error?: string }) }
}

test.each(['', '/'])(
  'the URL of the service is a resource to ask for (RFC 9728), with "%s"',
  async (slash) => {
    const { status, access_token: token = '' } = await operatorToken(`${origin}${slash}`)
    expect(status).toBe(200)
    expect(decodeJwt(token)).toMatchObject({ aud: origin, scope: 'operator' })
    expect(await who(token)).toEqual({ kind: 'operator', id: 'latchkey-operator' })
  },
)

test.each(['https://elsewhere.example', 'latchkey', 'urn:latchkey:api', 'http://127.0.0.1/'])(
  'no token is given out for %s',
  async (resource) => {
    expect(await operatorToken(resource)).toMatchObject({ status: 400, error: 'invalid_target' })
  },
)

test.each(signingAlgorithms)('the code flow gives a login to anybody, signed with %s', async (algorithm) => {
  const token = await takePersonToken(service, 'ann@example.com', algorithm)
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' })
  const { sub: subject } = decodeJwt(token)
  const { issuer } = service
  const login = { kind: 'login', issuer, subject, email: 'ann@example.com', emailVerified: true }
  expect(await who(token)).toEqual(login)
})

test('an e-mail address has one subject, in any case, and another address another one', async () => {
  expect(await subjectOf('A@example.com')).toBe(await subjectOf('a@example.com'))
  expect(await subjectOf('b@example.com')).not.toBe(await subjectOf('a@example.com'))
})

test('a login without an e-mail address is refused', async () => {
  await expect(takePersonToken(service, 'ann')).rejects.toThrow('login_hint is not an e-mail address')
})

test('a machine gets no scope but its own', async () => {
  const { checkClient } = readSecrets(dataFolder)
  expect(await ask(basic('latchkey-check', checkClient), 'check')).toBe(200)
  expect(await ask(basic('latchkey-check', checkClient), 'operator')).toBe(400)
  expect(await ask(basic('latchkey-operator', checkClient), 'operator')).toBe(401)
})
