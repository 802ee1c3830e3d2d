import type { Context } from 'hono'
import type { LoginContext } from '../../../shared/directory/logins/identify.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import type { ApiDeps, ApiEnv } from './deps.ts'

/** Sets `principal` from the access token. Throws `unauthenticated` without a valid one. */
export async function authenticate({ verifyToken }: ApiDeps, c: Context<ApiEnv>): Promise<void> {
  c.set('principal', await verifyToken(c.req.header('authorization')))
}

export function loginContextOf({ table, now }: ApiDeps, c: Context<ApiEnv>): LoginContext {
  return { table, now: instantOf(now()), requestId: c.get('requestId') }
}
