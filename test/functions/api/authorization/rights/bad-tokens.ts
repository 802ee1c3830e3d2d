import { generateKeyPair, SignJWT } from 'jose'
import type { World } from '../../world.ts'

type Make = (world: World) => Promise<string | undefined>
const operator = { sub: 'ops', client_id: 'ops', scope: 'operator' }

/** An operator's, but for one thing each: none of them lets anybody in anywhere. */
export const badTokens: readonly [name: string, make: Make][] = [
  ['missing', async () => undefined],
  ['malformed', async () => 'not.a.token'],
  ['expired', ({ issuer, now }) => issuer.token({ ...operator, exp: seconds(now()) - 60 })],
  ['for another audience', ({ issuer }) => issuer.token({ ...operator, aud: 'https://elsewhere.test' })],
  ['of another issuer', ({ issuer }) => issuer.token({ ...operator, iss: 'https://elsewhere.test' })],
  ['no access token', ({ issuer }) => issuer.token(operator, { typ: 'JWT' })],
  [
    'signed by somebody else',
    async ({ issuer }) => issuer.token(operator, { key: (await generateKeyPair('ES256')).privateKey }),
  ],
  [
    'signed with the public key as a secret',
    async (world) => {
      const secret = new TextEncoder().encode(await world.issuer.publicKeyPem('ES256'))
      return new SignJWT(claims(world))
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'ES256' })
        .sign(secret)
    },
  ],
  ['not signed', async (world) => `${text({ alg: 'none', typ: 'at+jwt' })}.${text(claims(world))}.`],
]

const seconds = (time: Date) => Math.floor(time.getTime() / 1000)
const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function claims({ issuer: { url: iss, audience: aud }, now }: World) {
  const iat = seconds(now())
  return { ...operator, iss, aud, iat, exp: iat + 300, jti: 'unsigned' }
}
