import * as v from 'valibot'
import { Capabilities } from '../../../shared/domain/entities/capability.ts'
import { mainRoles, mostRoles, roles } from '../../../shared/domain/entities/role.ts'
import { Reason, Time } from '../../../shared/domain/text/text.ts'
import { listOf } from '../../../shared/domain/values/list.ts'
import { decisionsAtOnce } from '../../../shared/reviews/decide-items.ts'
import { decisionChoices } from '../../../shared/reviews/model/review-item.ts'
import { policyEntries, scopeEntries } from '../../../shared/reviews/policy/review-policy.ts'
import { strictObject } from '../routing/body-schema.ts'

const twice = 'must not name the same twice'
const role = v.picklist([...roles, ...mainRoles], 'must be `<service>:<level>` or `full`; on `main`, `cdn`')

export const scope = v.optional(strictObject(scopeEntries))
export const PolicyBody = strictObject({ ...policyEntries, scope })

const decisionEntries = {
  decision: v.picklist(decisionChoices, `must be one of ${decisionChoices.join(', ')}`),
  roles: v.optional(
    v.pipe(
      listOf(role, mostRoles),
      v.check((list) => new Set(list).size === list.length, twice),
    ),
  ),
  capabilities: v.optional(Capabilities),
  until: v.optional(Time),
  reason: v.optional(Reason),
}
export const DecisionBody = strictObject(decisionEntries)

const Decision = strictObject({ item: v.string('must be a string'), ...decisionEntries })
export const DecisionsBody = strictObject({
  decisions: v.pipe(
    listOf(Decision, decisionsAtOnce),
    v.minLength(1, 'must have at least one entry'),
    v.check(
      (list) => new Set(list.map(({ item }) => item)).size === list.length,
      'must not decide on an item twice',
    ),
  ),
})
export type Decisions = v.InferOutput<typeof DecisionsBody>['decisions']
