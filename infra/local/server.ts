import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { isForAccess } from '../../functions/access/gateway-paths.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { commonHeaders } from '../../shared/http/response/common-headers.ts'
import { problemOf } from '../../shared/http/response/problem.ts'
import { clockPath } from './clock.ts'
import { issuerPath } from './issuer/names.ts'
import type { Listener } from './issuer/options.ts'
import { errorCode, CliError } from './cli-error.ts'

/** The handlers by path; the API has the rest. */
type Parts = { api: Fetches; access: Fetches; webhooks: Fetches; issuer: Listener; clock: Fetches }
type Fetches = Pick<Hono, 'fetch'>

type Server = {
  port: number
  /** From now on requests are answered; until then they get 503. */
  serve: (parts: Parts) => void
  /** Accepts no more requests and resolves when open ones are answered, after five seconds in any case. */
  stop: () => Promise<void>
}

/** Claims the port on loopback before anything else is started. @throws {CliError} */
export async function claimPort(port: number): Promise<Server> {
  let answer: Listener = notYet
  let unanswered = 0
  let isStopping = false
  const server = createServer((request, response) => {
    unanswered++
    response.once('close', () => {
      unanswered--
      if (isStopping && unanswered === 0) server.closeAllConnections()
    })
    answer(request, response)
  })
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch (error) {
    const reason = errorCode(error) === 'EADDRINUSE' ? 'in use' : errorCode(error)
    throw new CliError(`port ${port} of 127.0.0.1 is ${reason}: PORT chooses another`)
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    serve: (parts) => {
      answer = dispatch(parts)
    },
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      isStopping = true
      // Node itself would wait for idle connections.
      const impatience = setTimeout(() => server.closeAllConnections(), unanswered === 0 ? 0 : 5000)
      await closed
      clearTimeout(impatience)
    },
  }
}

function dispatch({ api, access, webhooks, issuer, clock }: Parts): Listener {
  const toApi = getRequestListener(api.fetch)
  const toAccess = getRequestListener(access.fetch)
  const toWebhooks = getRequestListener(webhooks.fetch)
  const toClock = getRequestListener(clock.fetch)
  return (request, response) => {
    const path = request.url ?? '/'
    if (hasDotSegment(path)) response.writeHead(400).end()
    else if (path.startsWith('/webhooks/')) void toWebhooks(request, response)
    else if (isForAccess(path.split('?', 1)[0] ?? '')) void toAccess(request, response)
    else if (path === issuerPath || path.startsWith(`${issuerPath}/`)) issuer(request, response)
    else if (path.startsWith(clockPath)) void toClock(request, response)
    else void toApi(request, response)
  }
}

/** Parsing as a URL removes dot segments and the segments before them: the path would differ from the sender's. */
function hasDotSegment(target: string): boolean {
  const [path = ''] = target.split('?', 1)
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))
}

const notYet: Listener = (_request, response) => {
  const problem = problemOf(new DomainError('unavailable', 'The service is starting.'), randomUUID())
  response.writeHead(problem.status, {
    ...commonHeaders,
    'cache-control': 'no-store',
    'retry-after': '1',
    'content-type': 'application/problem+json',
  })
  response.end(JSON.stringify(problem))
}
