import type { Context, MiddlewareHandler } from 'hono'
import type { Visit } from '../../shared/directory/identify.ts'
import { DomainError } from '../../shared/domain/errors.ts'
import { instantOf } from '../../shared/domain/instant.ts'
import type { ApiDeps, ApiEnv } from './deps.ts'

/** 401 without a valid access token; whom it stands for is `principal` from here on. */
export function authenticate({ verifyToken }: ApiDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    c.set('principal', await verifyToken(c.req.header('authorization')))
    await next()
  }
}

/** For routes that aren't about one customer. */
export const operatorsOnly: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.get('principal').kind !== 'operator') throw notAnOperator()
  await next()
}

export const notAnOperator = () => new DomainError('forbidden', 'Only operators may do this.')

export function visitOf({ table, now }: ApiDeps, c: Context<ApiEnv>): Visit {
  return { table, now: instantOf(now()), requestId: c.get('requestId') }
}
