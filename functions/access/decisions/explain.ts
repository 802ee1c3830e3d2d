import {
  type Explanation,
  explain,
  explainWithout,
  type Granter,
  granterTypes,
  type WithoutGrant,
} from '../../../shared/domain/access/explain/explain.ts'
import type { RelevantGrant } from '../../../shared/domain/access/explain/held-grants.ts'
import type { SuggestedGrant } from '../../../shared/domain/access/explain/smallest-grant.ts'
import type { Decision, Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import { grantName } from '../../../shared/domain/entities/grant.ts'
import { typeOf } from '../../../shared/domain/entities/user.ts'
import { presentInstant, presentOptional } from '../../../shared/domain/values/instant.ts'
import { type Evaluation, type Failed, isObject } from './parse.ts'

type Asked = { without?: string }
type Question = { facts: Facts; action: string; ref: ResourceRef }

/** What `context.explain` of a question asks for: `true`, or an object; anything else is ignored, as all of a context is. */
export function explanationAsked(evaluation: Evaluation | Failed | undefined): Asked | undefined {
  const asked = evaluation && 'context' in evaluation ? evaluation.context?.explain : undefined
  if (asked === true) return {}
  if (!isObject(asked)) return undefined
  const { without } = asked
  return typeof without === 'string' && isName(without) ? { without } : {}
}

/** True for what may name a grant, which is said again: two ids and what is around them. */
const isName = (text: string) => text.length > 0 && text.length <= 300

/** Explains a decision to its caller. A client, who asks about itself, sees nobody else. */
export function explainTo(
  callerId: string | undefined,
  { facts, action, ref }: Question,
  { without }: Asked,
): ShownExplanation {
  const { user } = facts
  const isClient = user !== undefined && user.id === callerId && typeOf(user) === 'customer-client'
  const { grants, smallest, subject, ...explanation } = explain(facts, action, ref)
  return {
    ...explanation,
    subject: subject && { ...subject, since: presentInstant(subject.since) },
    grants: grants.map((grant) => showHeld(grant, isClient)),
    smallest:
      smallest &&
      ('impossible' in smallest
        ? { possible: false, why: smallest.impossible }
        : { possible: true, requests: smallest.grants.map((grant) => showRequest(facts, grant, isClient)) }),
    without: without === undefined ? undefined : showWithout(explainWithout(facts, action, ref, without)),
  }
}

type Content = { roles?: readonly string[]; capabilities?: readonly string[] }
type Ends = { expiresAt?: string | undefined; reason?: string | undefined }
type ShownGrant = Content &
  Ends & {
    grant: string
    source: RelevantGrant['source']
    grantedBy?: string | undefined
    grantedAt: string
    expired: boolean
    decides: boolean
  }
type ShownRequest = { method: 'PUT'; path: string; body: Content & Ends; by: ('operator' | Granter)[] }
type ShownWithout = {
  grant: string
  held: boolean
  decision: boolean
  reason: Decision['reason']
  lost: string[]
}

export type ShownExplanation = Pick<Explanation, 'decidedBy' | 'customerStatus' | 'subject'> & {
  grants: ShownGrant[]
  smallest: { possible: boolean; why?: string; requests?: ShownRequest[] } | undefined
  without: ShownWithout | undefined
}

function showHeld(grant: RelevantGrant, isClient: boolean): ShownGrant {
  const { name, source, grantedBy, grantedAt, expiresAt, reason, isExpired, decides } = grant
  return {
    grant: name,
    ...contentOf(grant.resource, grant),
    source,
    ...(!isClient && { grantedBy, reason }),
    grantedAt: presentInstant(grantedAt),
    expiresAt: presentOptional(expiresAt),
    expired: isExpired,
    decides,
  }
}

/** A PUT replaces the grant, so its body has what is held already. */
function showRequest(facts: Facts, suggested: SuggestedGrant, isClient: boolean): ShownRequest {
  const { resource, terms } = suggested
  const { customer, user } = facts
  return {
    method: 'PUT',
    path: `/v1/customers/${customer?.id}/${grantName(user?.id ?? '', resource)}`,
    body: {
      ...contentOf(resource, terms),
      expiresAt: presentOptional(terms.expiresAt),
      ...(!isClient && { reason: terms.reason }),
    },
    by: ['operator', ...granterTypes(facts, suggested)],
  }
}

function contentOf(
  { kind }: SuggestedGrant['resource'],
  { roles, capabilities }: Required<Content>,
): Content {
  return kind === 'server' ? { capabilities } : { roles }
}

const showWithout = ({ grant, isHeld, decision, lost }: WithoutGrant): ShownWithout => ({
  grant,
  held: isHeld,
  decision: decision.allowed,
  reason: decision.reason,
  lost,
})
