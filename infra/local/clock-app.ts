import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import * as v from 'valibot'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { validate } from '../../shared/domain/values/validate.ts'
import { readBody } from '../../shared/http/request/body-limit.ts'
import { readJson } from '../../shared/http/request/json-body.ts'
import { type HttpEnv, requestId } from '../../shared/http/request/request-id.ts'
import { accessLog } from '../../shared/http/response/access-log.ts'
import { methodsOfRoutes, onNoRoute } from '../../shared/http/response/methods.ts'
import { onProblem } from '../../shared/http/response/on-problem.ts'
import type { Log } from '../../shared/runtime/log.ts'
import { type Clock, clockPath, Days } from './clock.ts'

const bodyBytes = 1024
const Move = v.strictObject({ days: Days })

/** The endpoint that moves the service's clock; only the local composition has it. `wallClock` is for the log. */
export function createClockApp(clock: Clock, { wallClock, log }: { wallClock: () => Date; log: Log }) {
  const app = new Hono<HttpEnv>()
  app.use(requestId(), accessLog(log, wallClock))
  app.onError(onProblem(log, ({ code }) => (code === 'unauthenticated' ? 'Bearer realm="clock"' : undefined)))
  app.notFound(onNoRoute(methodsOfRoutes([{ method: 'post', path: clockPath }])))
  app.post(clockPath, async (c) => {
    if (!isEqual(c.req.header('authorization') ?? '', `Bearer ${clock.secret}`))
      throw new DomainError('unauthenticated', 'The secret of the clock is missing or wrong.')
    const body = await readJson(c.req.raw, () => readBody(c.req.raw, bodyBytes))
    clock.moveForward(validate(Move, body).days)
    return c.json({ now: clock.now().toISOString() })
  })
  return app
}

/** Compares in constant time: digests are equally long. */
const isEqual = (one: string, other: string) => timingSafeEqual(digest(one), digest(other))

const digest = (text: string) => createHash('sha256').update(text).digest()
