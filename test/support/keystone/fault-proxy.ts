import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { Random } from '../random.ts'
import type { Certificate } from './certificates.ts'
import { type Answer, type Fault, faults, give } from './faults.ts'

export type ProxyOptions = {
  /** Of the random faults. */
  seed?: number
  delayMilliseconds?: number
  refusedMilliseconds?: number
  /** What 429 says: seconds, or a date. */
  retryAfter?: string
  /** What it shows; plain http without. */
  certificate?: Certificate
}

/** The path is without the query. */
export type Seen = { method: string; path: string; fault: Fault | undefined }
type Fits = (request: { method: string; path: string }) => boolean

export type FaultProxy = {
  /** With `/v3`. */
  url: string
  /** Every request so far, logins included. */
  requests: Seen[]
  /** What happens once to the next request that fits; several wait in line. */
  next: (fault: Fault, fits?: Fits) => void
  /** From now on a request meets one of these with this probability, but logins no refusal. */
  atRandom: (probability: number, kinds: readonly Fault[]) => void
  close: () => Promise<void>
}

/** A proxy on a port of loopback, in front of the real Keystone at `target`, for what that won't do by itself. */
export async function startFaultProxy(target: string, options: ProxyOptions = {}): Promise<FaultProxy> {
  const { delayMilliseconds = 2000, refusedMilliseconds = 200, retryAfter = '0', certificate } = options
  const random = new Random(options.seed ?? 1)
  const waiting: { fault: Fault; fits: Fits }[] = []
  const requests: Seen[] = []
  let rate: { probability: number; kinds: readonly Fault[] } = { probability: 0, kinds: [] }

  const door = createRestartable(certificate, async (message, response) => {
    const { method = '', url = '' } = message
    const body = await buffer(message)
    const seen = { method, path: url.split('?', 1)[0] ?? '' }
    const fault = choose(seen)
    requests.push({ ...seen, fault })
    const pass = () => forward(new URL(url, target), message, body)
    if (!fault) return give(response, await pass())
    return faults[fault]({ method, response, pass, delayMilliseconds, retryAfter, refuse })
  })

  async function refuse(): Promise<void> {
    await door.close()
    await pause(refusedMilliseconds)
    await door.open()
  }

  function choose(request: { method: string; path: string }): Fault | undefined {
    const index = waiting.findIndex(({ fits }) => fits(request))
    if (index >= 0) return waiting.splice(index, 1)[0]?.fault
    if (!random.chance(rate.probability)) return undefined
    const isLogin = request.path.endsWith('/auth/tokens')
    return random.pick(rate.kinds.filter((kind) => !isLogin || !['unauthorized', 'forbidden'].includes(kind)))
  }

  const port = await door.open()
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/v3`,
    requests,
    next: (fault, fits = () => true) => void waiting.push({ fault, fits }),
    atRandom: (probability, kinds) => {
      rate = { probability, kinds }
    },
    close: () => door.close({ forGood: true }),
  }
}

type Handler = (message: http.IncomingMessage, response: http.ServerResponse) => Promise<void>

/** A server that can be closed, connections and all, and opened again on the same port. */
function createRestartable(certificate: Certificate | undefined, handle: Handler) {
  const listener: http.RequestListener = (message, response) => {
    handle(message, response).catch(() => response.destroy())
  }
  const server = certificate ? https.createServer(certificate, listener) : http.createServer(listener)
  server.keepAliveTimeout = 75_000
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  let port = 0
  let closedForGood = false
  return {
    async open(): Promise<number> {
      if (closedForGood || server.listening) return port
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      if (typeof address === 'object' && address) port = address.port
      return port
    },
    async close({ forGood = false } = {}): Promise<void> {
      closedForGood ||= forGood
      const closed = server.listening && once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** As it is, on a connection of its own. */
async function forward(url: URL, { method, headers }: http.IncomingMessage, body: Buffer): Promise<Answer> {
  const { host: _host, connection: _connection, ...kept } = headers
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.request(url, { method, headers: kept, agent: false }, resolve).once('error', reject).end(body)
  })
  const { connection: _kept, ...answered } = response.headers
  return { status: response.statusCode ?? 0, headers: answered, body: await buffer(response) }
}
