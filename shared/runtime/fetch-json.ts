import { connectTo } from './http.ts'

/** Milliseconds. */
const limit = 5000
/** Some two thousand RSA keys; each token is looked up among the usable ones. */
const maxBytes = 1024 * 1024

/** Fetches JSON. Throws an Error for any status but 200, a redirect, an answer too late or too long, and invalid JSON. */
export async function fetchJson(url: URL): Promise<unknown> {
  const { status, body } = await connectTo(url, { keepAlive: false })({
    method: 'GET',
    path: `${url.pathname}${url.search}`,
    headers: { accept: 'application/json' },
    milliseconds: limit,
    maxBytes,
  })
  if (status !== 200) throw new Error(`the answer is ${status}`)
  return JSON.parse(body.toString())
}
