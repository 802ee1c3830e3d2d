import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { startWorld } from '../functions/api/world.ts'
import { checkEveryResponse } from '../support/openapi.ts'
import { root } from '../support/tally.ts'

const { ask } = await startWorld()
const app = new Hono().get('/v1/undocumented', (c) => c.json({}))
checkEveryResponse(app)

test('the document is public', async () => {
  const { status, headers, text } = await ask('/openapi.json')
  expect(status).toBe(200)
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(text).toBe(readFileSync(`${root}/functions/api/openapi.json`, 'utf8'))
})

test('an undocumented answer fails its test', async () => {
  await expect((async () => app.request('/v1/undocumented'))()).rejects.toThrow(
    'outside of the OpenAPI document:\nGET /v1/undocumented → 200: the route is not documented',
  )
})
