import { isSameAt } from '../../domain/entities/claim.ts'
import { asGrant, asWaitingRevocation } from '../../records/grants.ts'
import { asProject } from '../../records/projects.ts'
import { asUser } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import type { Context } from '../change/change-plan.ts'
import { PendingDependency } from '../change/pending-dependency.ts'
import { getIfNamed, requireProject, resolve, requireNamedServer, requireUser } from './resolve.ts'
import { type GrantTarget, type TargetResource, projectTarget } from './target.ts'
import { recordWaitingRevocation, type TargetName, revocationKey } from './waiting-revocation.ts'

/** Both ends and their register, or a wait for the end that is missing: two requests. */
export async function findTarget(context: Context, name: TargetName): Promise<GrantTarget> {
  const { table } = context
  const { customerId, user: email } = name
  const names = await resolve(context, { ...name, email })
  const { userId, projectId } = names
  const [kind, id] =
    'serverId' in name ? (['server', name.serverId] as const) : (['project', projectId] as const)
  const [userItem, projectItem, stored, waitingRevocation] = await Promise.all([
    getIfNamed(table, userId, (found) => keys.user(customerId, found)),
    getIfNamed(table, projectId, (found) => keys.project(customerId, found)),
    table.get(keys.grant(customerId, userId ?? '-', kind, id ?? '-')),
    table.get(revocationKey(name)),
  ])
  const user = requireUser(context, names, email, asUser(userItem))
  const end: TargetResource =
    'serverId' in name
      ? { kind: 'server', server: requireNamedServer(context, names, name.serverId) }
      : projectTarget(requireProject(context, names, name.project, asProject(projectItem)))
  const word = asWaitingRevocation(waitingRevocation)
  const { emailClaim, nameClaim } = names
  const isOfPair =
    word && [emailClaim, nameClaim].every((claim) => isSameAt(claim, context.stamp, word.stamp))
  return {
    customerId,
    user,
    resource: end,
    stored: asGrant(stored),
    // By the same names it may be about others, who have them since.
    waitingRevocation: isOfPair ? word : undefined,
  }
}

/**
 * As `findPair`. A revocation that has to wait for one of its ends leaves word, by the names it uses, in the same
 * transaction; no older grant of the pair passes it. That holds because a grant reads it after it saw both ends, and
 * the word is only left while an end is missing.
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
