import type { Pair, PairEnd } from '../../../shared/directory/pair.ts'
import { projectEnd, readPair } from '../../../shared/directory/pair.ts'
import { isId } from '../../../shared/domain/id.ts'
import { assignmentOf, membershipOf } from '../../../shared/domain/membership.ts'
import type { Call } from '../call.ts'
import { customerOf, parameter, projectOf, serverOf } from '../call.ts'
import { notFound } from '../refusal.ts'
import { presentAssignment, presentMembership } from '../representations/grant.ts'
import type { Subject } from '../subject.ts'

export const theMembership: Subject<Pair> = {
  schema: 'membership',
  name: 'membership',
  load: (call) => pairWith(call, projectEnd(projectOf(call))),
  show: (_call, { user, end, stored }) => {
    if (end.kind === 'server') return undefined
    const membership = membershipOf(user, end.project, stored)
    return membership && presentMembership(user, end.project, membership)
  },
}

export const theAssignment: Subject<Pair> = {
  schema: 'assignment',
  name: 'assignment',
  load: (call) => pairWith(call, { kind: 'server', server: serverOf(call) }),
  show: (_call, { user, end, stored }) => {
    if (end.kind !== 'server') return undefined
    const assignment = assignmentOf(user, end.server, stored)
    return assignment && presentAssignment(user, end.server, assignment)
  },
}

/** With the user of the path, who has to be there. */
async function pairWith(call: Call, end: PairEnd): Promise<Pair> {
  const userId = parameter(call, 'u')
  const pair = isId(userId) ? await readPair(call.deps.table, customerOf(call).id, userId, end) : undefined
  if (!pair) throw notFound('user')
  return pair
}
