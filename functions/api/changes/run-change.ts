import type { Context } from 'hono'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { readBody } from '../../../shared/http/request/body-limit.ts'
import { backoffWithJitter } from '../../../shared/runtime/backoff.ts'
import { memoize } from '../../../shared/runtime/concurrency.ts'
import type { AccessRule } from '../authorization/access-rule.ts'
import { authenticate } from '../authorization/authenticate.ts'
import type { ApiDeps, ApiEnv } from '../authorization/deps.ts'
import { attemptChange } from './attempt-change.ts'
import { type ChangeDefinition, toResponse } from './change-definition.ts'
import { type IdempotencyStore, idempotencyStoreOf } from './idempotency.ts'

const attempts = 12

/**
 * Every changing request: who asks → answered before? → may they → why, what, on what → plan → commit → answer. What has
 * changed between reading and committing makes it start over with what is then, at the question whether the very
 * same request has been answered meanwhile.
 */
export async function runChange<B, Loaded, After>(
  right: AccessRule,
  definition: ChangeDefinition<B, Loaded, After>,
  deps: ApiDeps,
  c: Context<ApiEnv>,
): Promise<Response> {
  await authenticate(deps, c)
  const readBytes = memoize(() => readBody(c.req.raw))
  // All of it, before anything is judged: by what is when it has come, however slowly it was sent. What is wrong with it is
  // told where bodies are read.
  await readBytes().catch(() => undefined)
  const idempotency = await idempotencyStoreOf(deps, c, readBytes, c.req.query('dryRun') === 'true')
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const answered = await idempotency.find()
    if (answered) return toResponse(c, answered)
    const response = await refusedOrAnswered(idempotency, c, () =>
      attemptChange(definition, { right, deps, c, readBytes, idempotency }),
    )
    if (response) return response
    await backoffWithJitter(attempt)
  }
  throw new DomainError('unavailable', 'Too many changes to the same things at once; try again.')
}

/** A refusal may be of the second of two of the same: what the first was answered counts for both. */
async function refusedOrAnswered(
  idempotency: IdempotencyStore,
  c: Context,
  work: () => Promise<Response | undefined>,
): Promise<Response | undefined> {
  try {
    return await work()
  } catch (error) {
    const answered = error instanceof DomainError ? await idempotency.find() : undefined
    if (!answered) throw error
    return toResponse(c, answered)
  }
}
