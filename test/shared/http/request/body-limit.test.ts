import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBody } from '../../../../shared/http/request/body-limit.ts'
import { bearerChallenge } from '../../../../shared/http/response/challenge.ts'
import { onProblem } from '../../../../shared/http/response/on-problem.ts'

const limit = 256 * 1024
const tooLarge = { code: 'too-large' }

function post(body: string | Uint8Array | ReadableStream, headers: Record<string, string> = {}): Request {
  return new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' })
}

function streamOf(chunks: Uint8Array[], seen = { pulled: 0, cancelled: false }) {
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[seen.pulled++]
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
      cancel() {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

describe('a body', () => {
  it('is read as the bytes that came', async () => {
    const bytes = Uint8Array.of(0, 255, 128, 10, 13)
    expect(new Uint8Array(await readBody(post(bytes)))).toEqual(bytes)
    const { stream } = streamOf([bytes, new Uint8Array(), bytes])
    expect([...(await readBody(post(stream)))]).toEqual([...bytes, ...bytes])
  })

  it('may be absent', async () => {
    expect(await readBody(new Request('http://localhost/'))).toEqual(new Uint8Array())
  })

  it('may have the limit and not a byte more', async () => {
    expect((await readBody(post(new Uint8Array(limit)))).byteLength).toBe(limit)
    await expect(readBody(post(new Uint8Array(limit + 1)))).rejects.toMatchObject(tooLarge)
  })

  it('counts in bytes, not characters', async () => {
    await expect(readBody(post('ä'.repeat(limit / 2 + 1)))).rejects.toMatchObject(tooLarge)
  })

  it('in chunks is rejected where it exceeds the limit, and the rest is not read', async () => {
    const { stream, seen } = streamOf(Array.from({ length: 100 }, () => new Uint8Array(limit / 4)))
    await expect(readBody(post(stream))).rejects.toMatchObject(tooLarge)
    expect(seen).toEqual({ pulled: 5, cancelled: true })
  })

  it('is rejected unread if its length is too large', async () => {
    const { stream, seen } = streamOf([new Uint8Array(10)])
    const request = post(stream, { 'content-length': String(limit + 1) })
    await expect(readBody(request)).rejects.toMatchObject(tooLarge)
    expect(seen.pulled).toBe(0)
  })

  it.each(['10', '-1', 'abc', ''])('is counted even if its header gives a length of %j', async (length) => {
    const request = post(new Uint8Array(limit + 1), { 'content-length': length })
    await expect(readBody(request)).rejects.toMatchObject(tooLarge)
  })

  it('that breaks off is the caller’s error', async () => {
    const stream = new ReadableStream({ pull: (controller) => controller.error(new Error('socket hang up')) })
    await expect(readBody(post(stream))).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

describe('over a socket', () => {
  let server: Server
  let port = 0
  beforeAll(async () => {
    const app = new Hono()
    app.onError(onProblem(() => undefined, bearerChallenge('https://api.latchkey.test')))
    app.post('/', async (c) => c.text(String((await readBody(c.req.raw)).byteLength)))
    const listener = getRequestListener(app.fetch)
    server = createServer((request, response) => void listener(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address ? address.port : 0
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('a body in chunks without a length is counted', async () => {
    for (const [size, expected] of [
      [limit, 200],
      [limit + 1, 413],
    ] as const) {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST' })
      const answered = once(request, 'response')
      request.on('error', () => undefined)
      for (let sent = 0; sent < size; sent += 4096) request.write(Buffer.alloc(Math.min(4096, size - sent)))
      request.end()
      const [response] = await answered
      expect(response.statusCode).toBe(expected)
      expect(await text(response)).toContain(expected === 200 ? String(limit) : 'too-large')
    }
  })

  it('a sender that never stops gets its response all the same', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const writing = setInterval(() => socket.write(`10000\r\n${'x'.repeat(65536)}\r\n`), 1)
    const [answer] = await once(socket, 'data')
    clearInterval(writing)
    socket.destroy()
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
  })
})
