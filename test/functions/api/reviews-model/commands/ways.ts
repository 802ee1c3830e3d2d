import type { ReviewItem } from '../../../../../shared/reviews/model/review-item.ts'
import { day, pick } from '../../model/dice.ts'
import type { Wanted } from '../state.ts'

/** A requested decision, and whether it is valid for the item. */
export type Way = { wanted: Wanted; fits: boolean }

export function wayFor(
  item: ReviewItem,
  now: number,
  { die, isMisfit }: { die: number; isMisfit: boolean },
): Way {
  const ways = [keep, keep, keepWithReason, revoke, revoke, revoke, reduce, reduce, reduce, keepFor]
  const misfits = [nothingLess, tooMuch, inThePast, revokeLater, misplaced]
  return pick(isMisfit ? misfits : ways, die)(item, now, die)
}

const keep = (): Way => ({ wanted: { decision: 'keep' }, fits: true })
const keepWithReason = (): Way => ({ wanted: { decision: 'keep', reason: 'still needed' }, fits: true })
const revoke = (): Way => ({ wanted: { decision: 'revoke', reason: 'left the team' }, fits: true })

function keepFor({ terms: { expiresAt } }: ReviewItem, now: number, die: number): Way {
  const until = now + (1 + (die % 60)) * day
  const fits = expiresAt === undefined || until <= Date.parse(expiresAt)
  return { wanted: { decision: 'keep', until: new Date(until).toISOString() }, fits }
}

/** Reduces to the least right; a grant that has no more is revoked. */
function reduce({ resource, terms }: ReviewItem): Way {
  if (resource.kind === 'server') {
    return terms.capabilities.length > 1 ? fitting({ capabilities: ['view'] }) : revoke()
  }
  if (resource.id === 'main') return terms.roles.length > 0 ? fitting({ roles: [] }) : revoke()
  const lower = terms.roles.map((role) => (role === 'full' ? 'dns:manage' : `${role.split(':')[0]}:read`))
  return terms.roles.every((role) => lower.includes(role)) ? revoke() : fitting({ roles: lower })
}

const fitting = (left: Partial<Wanted>): Way => ({ wanted: { decision: 'reduce', ...left }, fits: true })
const misfit = (wanted: Wanted): Way => ({ wanted, fits: false })

const nothingLess = ({ resource, terms }: ReviewItem): Way =>
  misfit({
    decision: 'reduce',
    ...(resource.kind === 'server' ? { capabilities: terms.capabilities } : { roles: terms.roles }),
  })

/** All rights, which are more than are held, or no less. */
const tooMuch = ({ resource }: ReviewItem): Way =>
  misfit({
    decision: 'reduce',
    ...(resource.kind === 'server'
      ? { capabilities: ['view', 'power', 'console', 'backup', 'cancel'] }
      : { roles: [resource.id === 'main' ? 'cdn' : 'full'] }),
  })

const inThePast = (_item: ReviewItem, now: number): Way =>
  misfit({ decision: 'keep', until: new Date(now - 1).toISOString() })

const revokeLater = (_item: ReviewItem, now: number): Way =>
  misfit({ decision: 'revoke', until: new Date(now + day).toISOString() })

const misplaced = ({ resource: { kind } }: ReviewItem): Way =>
  misfit({ decision: 'reduce', ...(kind === 'server' ? { roles: ['full'] } : { capabilities: ['view'] }) })
