import { pauseAfter } from '../../shared/domain/delivery.ts'
import type { KeystoneError, KeystoneErrorCode } from '../../shared/openstack/errors.ts'
import type { Obstacle } from '../../shared/openstack/plan/plan-user.ts'
import { isUnreachable } from './reach.ts'

/** While Keystone can't be reached, nobody waits longer than that for it to be tried again. */
const longestUnreachable = 30_000

/** Milliseconds until the next attempt after so many that failed. */
export const pauseUntilNext = (failures: number) => pauseAfter(failures)
export const pauseUntilReached = (failures: number) => Math.min(longestUnreachable, pauseAfter(failures))

/**
 * For those who may read the project, in words of ours: where Keystone is, what our login may not, and how Keystone is
 * configured are the operator's, who finds Keystone's own words in the log.
 */
export function tellFailure(error: KeystoneError): string {
  if (isUnreachable(error)) return 'OpenStack cannot be reached at the moment'
  return sentences[error.code] ?? 'OpenStack failed to do what it was asked for'
}

const sentences: Partial<Record<KeystoneErrorCode, string>> = {
  forbidden: 'OpenStack does not let it be done',
  'not-found': 'something that is needed is gone from OpenStack',
  conflict: 'something in OpenStack is in the way',
  refused: 'OpenStack refuses it',
}

export function tellObstacle({ what, name, holderId }: Obstacle): string {
  return `the name "${name}" is taken by another ${what} (${holderId})`
}
