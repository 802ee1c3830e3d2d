import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { DomainError } from '../../../../shared/domain/values/errors.ts'
import { headLimit, limitHead } from '../../../../shared/http/request/head-limit.ts'

const app = new Hono()
app.use(limitHead)
app.onError((error, c) => c.text(error instanceof DomainError ? error.code : 'bug', 500))
app.get('/', (c) => c.text('in'))

const url = 'http://localhost/'
const name = 'x-long'
const room = headLimit - url.length - name.length

test.each([
  ['as long as they may be', room, 'in'],
  ['longer by one character', room + 1, 'invalid-request'],
])('URL and headers that are %s', async (_what, length, answer) => {
  const response = await app.request(url, { headers: { [name]: 'x'.repeat(length) } })
  expect(await response.text()).toBe(answer)
  const asked = await app.request(`${url}?${'x'.repeat(length - 1)}`, { headers: { [name]: '' } })
  expect(await asked.text()).toBe(answer)
})
