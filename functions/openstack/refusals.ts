import { pauseAfter } from '../../shared/domain/delivery.ts'
import type { KeystoneError } from '../../shared/openstack/errors.ts'
import type { Obstacle } from '../../shared/openstack/plan/plan-user.ts'
import { isUnreachable } from './reach.ts'

/** While Keystone can't be reached, nobody waits longer than that for it to be tried again. */
const longestUnreachable = 30_000

/** Milliseconds until the next attempt after so many that failed. */
export const pauseUntilNext = (failures: number) => pauseAfter(failures)
export const pauseUntilReached = (failures: number) => Math.min(longestUnreachable, pauseAfter(failures))

/** For those who may read the project: where Keystone is, or that its credential is wrong, is the operator's. */
export function tellFailure(error: KeystoneError): string {
  return isUnreachable(error) ? 'OpenStack cannot be reached at the moment' : error.message
}

export function tellObstacle({ what, name, holderId }: Obstacle): string {
  return `the name "${name}" is taken by another ${what} (${holderId})`
}
