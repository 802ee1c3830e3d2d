import {
  type LostText,
  type Obstacle,
  type TakenName,
  takenName,
} from '../../../shared/openstack/plan/obstacle.ts'
import {
  codePointOf,
  type KeystoneError,
  type KeystoneErrorCode,
  NameTakenError,
  UnstorableError,
} from '../../../shared/openstack/transport/errors.ts'
import { retryDelay } from '../../../shared/runtime/backoff.ts'
import { isUnreachable } from './circuit-breaker.ts'

/** While Keystone can't be reached, nobody waits longer than that for it to be tried again. */
const longestUnreachable = 30_000

/** Milliseconds until the next attempt after so many that failed. */
export const retryPause = (failures: number) => retryDelay(failures)
export const retryPauseWhileUnreachable = (failures: number) =>
  Math.min(longestUnreachable, retryDelay(failures))

/**
 * For those who may read the project, in words of ours: where Keystone is, what our login may not, and how Keystone is
 * configured are the operator's, who finds Keystone's own words in the log.
 */
export function describeFailure(error: KeystoneError): string {
  if (isUnreachable(error)) return 'OpenStack cannot be reached at the moment'
  if (error instanceof NameTakenError && error.what === 'role')
    return `OpenStack takes another role for "${error.desired}", which is needed: have the other one renamed`
  return sentences[error.code] ?? 'OpenStack failed to do what it was asked for'
}

const sentences: Partial<Record<KeystoneErrorCode, string>> = {
  forbidden: 'OpenStack does not let it be done',
  'not-found': 'something that is needed is gone from OpenStack',
  conflict: 'something in OpenStack is in the way',
  refused: 'OpenStack refuses it',
}

/** What people can do something about, of what Keystone refuses. */
export function obstacleIn(error: KeystoneError, customerId: string): Obstacle | undefined {
  if (error instanceof UnstorableError) {
    const { field, character } = error
    return { what: 'text', field, character }
  }
  if (!(error instanceof NameTakenError) || error.what === 'role') return undefined
  const { what, desired: name, holder } = error
  return takenName({ what, name, holder }, customerId)
}

/** Which name or character it is and what to do, for those who may read the project: never an id of others. */
export function describeObstacle(obstacle: Obstacle): string {
  return obstacle.what === 'text' ? describeLostText(obstacle) : describeTakenName(obstacle)
}

function describeLostText({ field, character }: LostText): string {
  const shown = `"${character}" (${codePointOf(character)})`
  return `OpenStack does not keep the character ${shown} of the project's ${field}: give it a ${field} without it`
}

function describeTakenName({ what, name, sibling, holderName }: TakenName): string {
  if (sibling) {
    const why = 'which OpenStack does not tell apart: rename one of them'
    return `the name "${name}" is taken by the project "${sibling.name}", ${why}`
  }
  const other = holderName === undefined ? '' : `, "${holderName}", which OpenStack does not tell apart`
  const mend = what === 'project' ? 'rename this project' : "change the user's e-mail address"
  return `the name "${name}" is taken by another ${what} in OpenStack${other}: ${mend}, or have the other one renamed`
}

/** For the operator, in Keystone's words and with the id of what is in the way. */
export function logFailure(error: KeystoneError): string {
  return error instanceof NameTakenError ? `${error.message} (${error.holder.id})` : error.message
}

/** For the operator, who can look the holder up; without names, which may be e-mail addresses. */
export function logObstacle(obstacle: Obstacle): string {
  if (obstacle.what === 'text')
    return `Keystone does not keep ${codePointOf(obstacle.character)} in a project's ${obstacle.field}`
  return `the name of a ${obstacle.what} is taken by another ${obstacle.what} (${obstacle.holderId})`
}
