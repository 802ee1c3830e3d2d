import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { ApiEnv } from '../../../../functions/api/authorization/deps.ts'
import { toLambda } from '../../../../functions/api/routing/lambda-response.ts'
import { requestId } from '../../../../shared/http/request/request-id.ts'
import { eventOf } from '../fuzz/send-in-process.ts'

const megabyte = 1024 * 1024
/** Three bytes a character, and one that JSON escapes. */
const line = `{"name":"${'語'.repeat(20)}"}\n`
const texts = {
  small: line,
  large: line.repeat((7 * megabyte) / Buffer.byteLength(line)),
  // Below the limit as it is, above it as JSON.
  escaped: '"'.repeat(4 * megabyte),
  random: randomBytes(5 * megabyte).toString('base64'),
}

const app = new Hono<ApiEnv>()
app.use(requestId())
app.get('/:name', (c) => {
  const text = texts[c.req.param('name') as keyof typeof texts]
  return c.body(text, 200, { 'Content-Type': 'application/json' })
})
const lambda = toLambda(app)

function ask(name: keyof typeof texts, acceptEncoding?: string) {
  const headers: [string, string][] = [['x-request-id', 'r-1']]
  if (acceptEncoding !== undefined) headers.push(['accept-encoding', acceptEncoding])
  return lambda(eventOf({ method: 'GET', target: `/${name}`, headers }, 'as sent'))
}

test('an answer that fits is returned as it is', async () => {
  expect(await ask('small', 'gzip')).toMatchObject({ statusCode: 200, body: line, isBase64Encoded: false })
})

test.each(['large', 'escaped'] as const)('%s: what would not fit is compressed', async (name) => {
  for (const accepted of ['gzip', 'br, GZIP;q=0.5', 'deflate,gzip']) {
    const { statusCode, headers, body, isBase64Encoded } = await ask(name, accepted)
    expect({ statusCode, isBase64Encoded }).toEqual({ statusCode: 200, isBase64Encoded: true })
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      vary: 'Accept-Encoding',
      'x-request-id': 'r-1',
    })
    expect(gunzipSync(Buffer.from(body, 'base64')).toString() === texts[name]).toBe(true)
  }
})

test.each([
  ['large', undefined],
  ['large', ''],
  ['large', 'br, gzip;q=0'],
  ['large', 'gzip;q=0.000'],
  ['large', 'xgzip'],
  ['random', 'gzip'],
] as const)('%s for %s: what does not fit even so is told to be too large', async (name, accepted) => {
  const { statusCode, headers, body } = await ask(name, accepted)
  expect(statusCode).toBe(413)
  expect(headers).toEqual({
    'content-type': 'application/problem+json',
    'x-request-id': 'r-1',
    'cache-control': 'no-store',
    vary: 'Accept-Encoding',
  })
  expect(JSON.parse(body)).toMatchObject({
    code: 'too-large',
    requestId: 'r-1',
    detail: expect.stringContaining('gzip'),
  })
})
