import { presentInstant } from '../../../shared/domain/values/instant.ts'
import type { ReviewItem } from '../../../shared/reviews/model/review-item.ts'

type Line = Record<string, unknown>

/** User and resource of a grant's line; `undefined` for any other line. */
function placeOf({ type, project, server, user }: Line): string | undefined {
  if (type === 'membership') return JSON.stringify(['project', project, user])
  return type === 'assignment' ? JSON.stringify(['server', server, user]) : undefined
}

const placeOfItem = ({ resource, label, email }: ReviewItem) =>
  JSON.stringify([resource.kind, resource.kind === 'project' ? label : resource.id, email])

/**
 * Computes the export after a review from the one before and the outcomes alone: a revoked grant is missing, a reduced one has
 * less, all else is the same.
 */
export function expectedExport(before: readonly string[], items: readonly ReviewItem[]): string[] {
  const byPlace = new Map(items.map((item) => [placeOfItem(item), item]))
  return before
    .flatMap((text) => {
      const line: Line = JSON.parse(text)
      const item = byPlace.get(placeOf(line) ?? '')
      const after = item ? lineAfter(line, item) : line
      return after ? [JSON.stringify(after)] : []
    })
    .sort()
}

function lineAfter(line: Line, { outcome, reviewId }: ReviewItem): Line | undefined {
  if (!outcome || (outcome.decision === 'keep' && outcome.until === undefined)) return line
  if (outcome.decision === 'revoke') return undefined
  const { roles, capabilities, until, reason } = outcome
  const expiresAt = until === undefined ? line.expiresAt : presentInstant(until)
  return {
    ...line,
    ...(outcome.decision === 'reduce' && roles && { roles: roles.toSorted() }),
    ...(outcome.decision === 'reduce' && capabilities && { capabilities: capabilities.toSorted() }),
    source: 'review',
    ...(expiresAt !== undefined && { expiresAt }),
    reason: reason ?? `review ${reviewId}`,
  }
}

/** User and resource of each grant's line. */
export function grantsIn(lines: readonly string[]): string[] {
  return lines.map((text) => placeOf(JSON.parse(text))).filter((place) => place !== undefined)
}

export const placesOf = (items: readonly ReviewItem[]): string[] => items.map(placeOfItem)
