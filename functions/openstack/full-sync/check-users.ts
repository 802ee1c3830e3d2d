import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'
import { asUser } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import { convergeUser, differingUsers } from '../converge/converge-user.ts'
import { requestAndProcess } from '../converge/sync-request.ts'
import {
  type CustomerCheck,
  type DriftResult,
  handleDrift,
  noDrift,
  sumDrift,
  tolerate,
} from './handle-drift.ts'

/** Checks name and status of users in Keystone, whatever their memberships: deleted users have to stay disabled. */
export async function checkUsers(check: CustomerCheck): Promise<DriftResult> {
  const { deps, customerId, domainLists } = check
  if ((await differingUsers(deps, customerId, await domainLists.get())).length === 0) return noDrift
  const differing = await differingUsers(deps, customerId, await domainLists.renew())
  const results: DriftResult[] = []
  for (const { userId: id, steps } of differing) {
    const repair = (event: AuditEvent) => repairUser(check, id, event)
    results.push(await tolerate(deps, noDrift, () => handleDrift(check, { id, steps, repair })))
  }
  const result = sumDrift(results)
  if (result.drift > 0) domainLists.drop()
  return result
}

async function repairUser(check: CustomerCheck, userId: string, event: AuditEvent): Promise<void> {
  const key = keys.fanOut(check.customerId, 'user', userId)
  await requestAndProcess(check.deps.table, key, event, () => convergeUserAlone(check, userId))
}

/** Leaves the user's projects alone: their own checks find their differences. */
async function convergeUserAlone(
  { deps, customerId, domainLists }: CustomerCheck,
  userId: string,
): Promise<void> {
  const user = asUser(await deps.table.get(keys.user(customerId, userId)))
  const outcome = user && (await convergeUser(deps, user, await domainLists.renew()))
  if (outcome?.refusal) throw outcome.refusal
}
