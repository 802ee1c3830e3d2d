import { mainProjectId } from '../../../shared/domain/entities/project.ts'
import { addDays, type Instant } from '../../../shared/domain/values/instant.ts'
import type { WantedDecision } from '../../../shared/reviews/model/decide-item.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'
import type { Random } from '../../support/random.ts'

/** Returns a random decision that is valid for the item. */
export function randomDecision(item: ReviewItem, random: Random, now: Instant): WantedDecision {
  if (item.userType === 'main-customer') return { decision: 'keep' }
  const dice = random.next()
  if (dice < 0.3) return { decision: 'revoke', reason: 'left the team' }
  const less = dice < 0.6 ? lessThan(item, random) : undefined
  if (less) return { decision: 'reduce', ...less }
  if (dice < 0.7) return { decision: 'keep', until: addDays(now, 400) }
  return { decision: 'keep', reason: 'still needed' }
}

/** `undefined`: the grant can't be reduced. */
function lessThan({ resource, terms }: ReviewItem, random: Random) {
  if (resource.kind === 'server') {
    const capabilities = terms.capabilities.filter((name) => name === 'view' || random.chance(0.5))
    return capabilities.length < terms.capabilities.length ? { capabilities } : undefined
  }
  if (resource.id === mainProjectId) return terms.roles.length > 0 ? { roles: [] } : undefined
  const lower = terms.roles.map((role) => (role === 'full' ? 'compute:manage' : `${role.split(':')[0]}:read`))
  return lower.join() === terms.roles.join() ? undefined : { roles: [...new Set(lower)] }
}
