import { type Level, levels } from '../../domain/entities/role.ts'
import { presentOptional } from '../../domain/values/instant.ts'
import type { Evidence } from '../model/recommend.ts'
import { type ItemDecision, outcomeName, type ReviewItem } from '../model/review-item.ts'
import type { ReportRecord, ReportValue } from './format.ts'

/** One column a level: a new level doesn't compile until it has its own. */
const lastUseColumns = {
  read: 'lastRead',
  operate: 'lastOperate',
  manage: 'lastManage',
} as const satisfies { [L in Level]: `last${Capitalize<L>}` }
type LastUseColumn = (typeof lastUseColumns)[Level]

/** Columns of a record, in their order. */
export const reportColumns = [
  'userId',
  'resourceType',
  'resourceId',
  'email',
  'userType',
  'resourceName',
  'roles',
  'capabilities',
  'source',
  'grantedBy',
  'grantedAt',
  'expiresAt',
  'heldFrom',
  ...levels.map((level) => lastUseColumns[level]),
  'lastUseElsewhere',
  'usesKnownSince',
  'usesAsOf',
  'loginLinked',
  'lastReviewId',
  'lastReviewAt',
  'advice',
  'adviceBecause',
  'advisedRoles',
  'advisedCapabilities',
  'state',
  'decision',
  'decidedRoles',
  'decidedCapabilities',
  'decidedUntil',
  'decisionReason',
  'decidedBy',
  'decidedByEmail',
  'decidedAt',
  'earlierDecisions',
  'outcome',
  'outcomeBy',
  'leftRoles',
  'leftCapabilities',
  'leftUntil',
  'heldBack',
  'appliedAt',
  'verifiedAt',
  'changedSince',
  'goneBecause',
  'problem',
] as const

type Column = (typeof reportColumns)[number]

/** E-mail addresses of deciders, by actor name. */
type DeciderEmails = ReadonlyMap<string, string | undefined>

/** Actor names of all deciders of an item, as in audit events. */
export const decidersOf = ({ decision, earlier = [] }: ReviewItem): string[] =>
  [...earlier, ...(decision ? [decision] : [])].map(({ by }) => by)

export function reportRecord(item: ReviewItem, emails: DeciderEmails): ReportRecord {
  const { userId, email, userType, resource, label, state, changedSince, goneBecause, problem } = item
  const record: Record<Column, ReportValue> = {
    userId,
    resourceType: resource.kind,
    resourceId: resource.id,
    email,
    userType,
    resourceName: label,
    ...grantOf(item),
    ...evidenceOf(item),
    ...adviceOf(item),
    state,
    ...decisionOf(item, emails),
    ...outcomeColumns(item),
    appliedAt: presentOptional(item.appliedAt),
    verifiedAt: presentOptional(item.verifiedAt),
    changedSince,
    goneBecause,
    problem,
  }
  return record
}

function grantOf({ terms, resource }: ReviewItem) {
  return {
    roles: resource.kind === 'project' ? terms.roles : undefined,
    capabilities: resource.kind === 'server' ? terms.capabilities : undefined,
    source: terms.source,
    grantedBy: terms.grantedBy,
    grantedAt: presentOptional(terms.grantedAt),
    expiresAt: presentOptional(terms.expiresAt),
  }
}

function evidenceOf({ evidence, lastReview }: ReviewItem) {
  const { heldFrom, lastUse, elsewhere, knownSince, asOf, loginLinked } = evidence
  return {
    heldFrom,
    ...lastUseOf(lastUse),
    lastUseElsewhere: elsewhere,
    usesKnownSince: knownSince,
    usesAsOf: asOf,
    loginLinked,
    lastReviewId: lastReview?.id,
    lastReviewAt: presentOptional(lastReview?.at),
  }
}

const lastUseOf = (lastUse: Evidence['lastUse']): Record<LastUseColumn, ReportValue> => ({
  lastRead: lastUse?.read,
  lastOperate: lastUse?.operate,
  lastManage: lastUse?.manage,
})

function adviceOf({ recommendation: { advice, because, roles, capabilities } }: ReviewItem) {
  return { advice, adviceBecause: because, advisedRoles: roles, advisedCapabilities: capabilities }
}

function decisionOf({ decision, earlier }: ReviewItem, emails: DeciderEmails) {
  return {
    decision: decision?.decision,
    decidedRoles: decision?.roles,
    decidedCapabilities: decision?.capabilities,
    decidedUntil: presentOptional(decision?.until),
    decisionReason: decision?.reason,
    decidedBy: decision?.by,
    decidedByEmail: decision && emails.get(decision.by),
    decidedAt: presentOptional(decision?.at),
    earlierDecisions: earlier?.map((each) => earlierOf(each, emails)),
  }
}

const earlierOf = (
  { decision, roles, capabilities, until, reason, by, at }: ItemDecision,
  emails: DeciderEmails,
) => ({
  decision,
  roles,
  capabilities,
  until: presentOptional(until),
  reason,
  by,
  byEmail: emails.get(by),
  at: presentOptional(at),
})

function outcomeColumns({ state, outcome }: ReviewItem) {
  return {
    outcome: outcomeName({ state, outcome }),
    outcomeBy: outcome?.by,
    leftRoles: outcome?.roles,
    leftCapabilities: outcome?.capabilities,
    leftUntil: presentOptional(outcome?.until),
    heldBack: outcome?.heldBack,
  }
}
