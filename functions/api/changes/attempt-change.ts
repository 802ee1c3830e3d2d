import type { Context } from 'hono'
import type { Principal } from '../../../shared/auth/tokens.ts'
import type { Context as ChangeContext } from '../../../shared/directory/change/change-plan.ts'
import { loginHash } from '../../../shared/directory/logins/find-login.ts'
import type { Actor } from '../../../shared/domain/values/actor.ts'
import { DomainError, isStale } from '../../../shared/domain/values/errors.ts'
import { stampOf } from '../../../shared/domain/values/instant.ts'
import { preconditionsOf, checkPreconditions } from '../../../shared/http/response/preconditions.ts'
import { type Change, commit, isEmpty } from '../../../shared/records/commit.ts'
import type { Write } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { AccessRule } from '../authorization/access-rule.ts'
import type { Access, ApiDeps, ApiEnv } from '../authorization/deps.ts'
import { recordCallUsage } from '../../../shared/usage/record-usage.ts'
import { type RequestContext, authorizeCall } from '../authorization/request-context.ts'
import { readQuery } from '../routing/query.ts'
import { type ChangeDefinition, toResponse } from './change-definition.ts'
import { setConsistencyToken } from './consistency.ts'
import type { IdempotencyStore } from './idempotency.ts'
import { presentChanges } from './present-changes.ts'
import { bodyOf, dryRun, reasonOf } from './read-request.ts'

type ChangeRequest = {
  right: AccessRule
  deps: ApiDeps
  c: Context<ApiEnv>
  readBytes: () => Promise<Uint8Array>
  idempotency: IdempotencyStore
}

/** Makes one attempt, from authorization to the response. Returns undefined if something that was read has changed meanwhile. */
export async function attemptChange<B, Loaded, After>(
  definition: ChangeDefinition<B, Loaded, After>,
  { right, deps, c, readBytes, idempotency }: ChangeRequest,
): Promise<Response | undefined> {
  const call = await authorizeCall(deps, c, right)
  throwIfClosed(call)
  const { dryRun: isDry } = readQuery(c, { dryRun })
  const context = contextFor(call)
  const changeCall = { ...call, context, body: await bodyOf(c.req.raw, definition.body, readBytes) }
  definition.check?.(changeCall)
  const loaded = await definition.load(call)
  const { precondition } = definition
  checkPreconditions(preconditionsOf(c), precondition.current(call, loaded), precondition)
  const plan = await definition.plan(changeCall, loaded)
  if (plan.outcome === 'superseded') throw superseded()
  const { change, after } = plan
  if (isDry) return c.json({ changes: presentChanges(change.event?.changes ?? []) })
  const response = definition.respond(call, after, loaded)
  const record = idempotency.record(response)
  const isDone = isEmpty(change) && record.length === 0
  if (!isDone && !(await isCommitted(deps.table, change, record))) return undefined
  // Without an event nothing has changed, and no right was used.
  if (change.event) recordCallUsage(call.deps, call.access.usage, 'change')
  setConsistencyToken(deps, c, change.event?.customerId ?? call.access.customer?.id ?? '', change)
  return toResponse(c, response)
}

/** For operators; users of a closed customer are denied by `decide`. */
function throwIfClosed({ access: { customer } }: RequestContext): void {
  if (customer?.status === 'closed') {
    throw new DomainError('conflict', 'The customer is closed, and closing is final.')
  }
}

/** On whose behalf the change is made. An operator has to give a reason. */
function contextFor({ deps, c, now, access }: RequestContext): ChangeContext {
  const principal = c.get('principal')
  const reason = reasonOf(c.req.header('x-reason'), { required: principal.kind === 'operator' })
  const actor = actorOf(principal, access)
  const stamp = stampOf(now, actor.id)
  const { table, openstack, mail } = deps
  return { table, actor, stamp, now, reason, requestId: c.get('requestId'), openstack, mail }
}

function actorOf(principal: Principal, { caller }: Access): Actor {
  if (principal.kind === 'operator') return { kind: 'operator', id: principal.id, name: principal.name }
  if (caller) return { kind: 'user', id: caller.user.id }
  // The caller of a route about no customer is no user there.
  if (principal.kind === 'login') return { kind: 'user', id: loginHash(principal) }
  throw new Error('only users and operators change anything')
}

function superseded(): DomainError {
  return new DomainError('conflict', 'Something newer has been said of it.')
}

/** False where something that was read has changed before the commit. */
async function isCommitted(table: Table, change: Change, first: Write[]): Promise<boolean> {
  try {
    await commit(table, change, first)
    return true
  } catch (error) {
    if (isStale(error)) return false
    throw error
  }
}
