import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, expect, test } from 'vitest'
import type { LocalService } from '../../../infra/local/client/local-service.ts'
import { takeMachineToken, takePersonToken } from '../../../infra/local/client/take-token.ts'
import { readSecrets } from '../../../infra/local/data/data-folder.ts'
import { signingAlgorithms } from '../../../infra/local/issuer/names.ts'
import { startService } from '../../../infra/local/service.ts'
import { readSettings } from '../../../infra/local/settings.ts'
import { fakeService } from './stand-in.ts'
import { temporaryFolder } from './temporary-folder.ts'

const home = temporaryFolder()
const dataFolder = join(home, 'data')
const running = await startService(
  { ...readSettings({ PORT: '0', LATCHKEY_DATA: dataFolder }), home },
  { wallClock: () => new Date(), log: () => {}, compose: fakeService().compose },
)
afterAll(running.stop)
const { origin } = running
const service: LocalService = {
  origin,
  issuer: `${origin}/oidc`,
  port: Number(new URL(origin).port),
  dataFolder,
}

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

test.each(['', '/'])(
  'the service itself is the resource to ask for (RFC 9728): its URL, with "%s"',
  async (slash) => {
    const { operatorClient } = readSecrets(dataFolder)
    const authorization = basic('latchkey-operator', operatorClient)
    const answer = await request(authorization, 'operator', `${origin}${slash}`)
    expect(answer.status).toBe(200)
    const { access_token: token } = (await answer.json()) as { access_token: string }
    expect(decodeJwt(token)).toMatchObject({ aud: origin, scope: 'operator' })
    expect(await who(token)).toEqual({ kind: 'operator', id: 'latchkey-operator' })
  },
)

test.each(['https://elsewhere.example', 'latchkey', 'urn:latchkey:api', 'http://127.0.0.1/'])(
  'no token is given out for %s',
  async (resource) => {
    const { operatorClient } = readSecrets(dataFolder)
    const answer = await request(basic('latchkey-operator', operatorClient), 'operator', resource)
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_target' }),
    ])
  },
)

test.each(signingAlgorithms)(
  'the code flow gives whoever asks a login, signed with %s',
  async (algorithm) => {
    const token = await takePersonToken(service, 'ann@example.com', algorithm)
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' })
    expect(await who(token)).toEqual({
      kind: 'login',
      issuer: service.issuer,
      subject: decodeJwt(token).sub,
      email: 'ann@example.com',
      emailVerified: true,
    })
  },
)

test('the subject of an e-mail address is always the same, whatever its case, and of others another', async () => {
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
