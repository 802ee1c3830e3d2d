import type { Context } from 'hono'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { readBody } from '../../../shared/http/request/body-limit.ts'
import { backoffWithJitter } from '../../../shared/runtime/backoff.ts'
import { memoize } from '../../../shared/runtime/concurrency.ts'
import type { AccessRule } from '../authorization/access-rule.ts'
import { authenticate } from '../authorization/authenticate.ts'
import type { ApiDeps, ApiEnv } from '../authorization/deps.ts'
import { attemptChange } from './attempt-change.ts'
import { customerIdOf } from '../authorization/customer-rule.ts'
import { type ChangeDefinition, type ChangeResponse, toResponse } from './change-definition.ts'
import { setConsistencyToken } from './consistency.ts'
import { type IdempotencyStore, idempotencyStoreOf } from './idempotency.ts'

const maxAttempts = 12

/**
 * Runs a changing request: authenticate → look for a stored response → authorize → read reason, body and resource → plan →
 * commit → respond. If something has changed between reading and committing, it starts over at the stored response, as the
 * very same request may have been committed meanwhile.
 */
export async function runChange<B, Loaded, After>(
  right: AccessRule,
  definition: ChangeDefinition<B, Loaded, After>,
  deps: ApiDeps,
  c: Context<ApiEnv>,
): Promise<Response> {
  await authenticate(deps, c)
  const readBytes = memoize(() => readBody(c.req.raw))
  // Wait for the whole body first, however slowly it is sent: rights count as they are once it has arrived. Its problems are
  // reported where bodies are parsed.
  await readBytes().catch(() => undefined)
  const idempotency = await idempotencyStoreOf(deps, c, readBytes, c.req.query('dryRun') === 'true')
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const stored = await idempotency.find()
    if (stored) return again(deps, c, stored)
    const response = await orStoredResponse(idempotency, deps, c, () =>
      attemptChange(definition, { right, deps, c, readBytes, idempotency }),
    )
    if (response) return response
    await backoffWithJitter(attempt)
  }
  throw new DomainError('unavailable', 'Too many changes to the same things at once; try again.')
}

/** An error may be that of the second of two equal requests: the response to the first counts for both. */
async function orStoredResponse(
  idempotency: IdempotencyStore,
  deps: ApiDeps,
  c: Context<ApiEnv>,
  work: () => Promise<Response | undefined>,
): Promise<Response | undefined> {
  try {
    return await work()
  } catch (error) {
    const stored = error instanceof DomainError ? await idempotency.find() : undefined
    if (!stored) throw error
    return again(deps, c, stored)
  }
}

/** The stored response, with a token of the present state, which is at least as new as its change. */
function again(deps: ApiDeps, c: Context<ApiEnv>, stored: ChangeResponse): Response {
  setConsistencyToken(deps, c, customerIdOf(c))
  return toResponse(c, stored)
}
