import { isSameAt } from '../../domain/entities/claim.ts'
import { asGrant, asWaitingRevocation } from '../../records/grants.ts'
import { keys } from '../../table/keys.ts'
import type { Table } from '../../table/table.ts'
import type { Context } from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import {
  readProject,
  readUser,
  requireProject,
  requireServer,
  requireUser,
  resolveEmail,
  type ResolvedName,
  type ResolvedServer,
  resolveProjectName,
  resolveServerId,
} from './resolve.ts'
import { type GrantTarget, projectTarget } from './target.ts'
import { recordWaitingRevocation, type TargetName, revocationKey } from './waiting-revocation.ts'

/** Reads the user, the resource and the stored grant, in two requests. Throws `PendingDependency` for what is missing. */
export async function findTarget(context: Context, name: TargetName): Promise<GrantTarget> {
  const { table, stamp } = context
  const { customerId } = name
  const [email, resourceName] = await Promise.all([
    resolveEmail(context, customerId, name.user),
    'serverId' in name
      ? resolveServerId(context, name)
      : resolveProjectName(context, customerId, name.project),
  ])
  const [user, project, stored, revocationItem] = await Promise.all([
    readUser(table, email),
    'server' in resourceName ? undefined : readProject(table, resourceName),
    getGrant(table, email, resourceName),
    table.get(revocationKey(name)),
  ])
  const revocation = asWaitingRevocation(revocationItem)
  // Since the revocation, the same names may have come to mean another user or project.
  const claims = 'server' in resourceName ? [email.claim] : [email.claim, resourceName.claim]
  const isOfPair = revocation && claims.every((claim) => isSameAt(claim, stamp, revocation.stamp))
  return {
    customerId,
    user: requireUser(context, email, user),
    resource:
      'server' in resourceName
        ? { kind: 'server', server: requireServer(context, resourceName) }
        : projectTarget(requireProject(context, resourceName, project)),
    stored,
    waitingRevocation: isOfPair ? revocation : undefined,
  }
}

async function getGrant(
  table: Table,
  { customerId, holderId: userId }: ResolvedName,
  resource: ResolvedName | ResolvedServer,
) {
  const [kind, id] =
    'server' in resource
      ? (['server', resource.serverId] as const)
      : (['project', resource.holderId] as const)
  if (userId === undefined || id === undefined) return undefined
  return asGrant(await table.get(keys.grant(customerId, userId, kind, id)))
}

/**
 * `findTarget` for a revocation. One that has to wait is recorded under the names it uses, in the same transaction, so that no
 * older grant of the pair gets past it. This holds because a grant reads that record after it has found user and resource,
 * and the record is only written while one of them is missing.
 */
export async function findTargetToRevoke(context: Context, name: TargetName): Promise<GrantTarget> {
  try {
    return await findTarget(context, name)
  } catch (error) {
    if (!(error instanceof PendingDependency)) throw error
    throw new PendingDependency(
      error.code,
      error.message,
      error.dependency,
      await recordWaitingRevocation(context.table, name, context.stamp),
    )
  }
}
