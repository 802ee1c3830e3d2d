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
import { isUnreachable } from './circuit-breaker.ts'

/**
 * Returns a text of our own for readers of the project. Keystone's address, configuration and the rights of our login
 * concern the operator only, who finds Keystone's message in the log.
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

/** The refusal as an obstacle, if people can resolve it. */
export function obstacleIn(error: KeystoneError, customerId: string): Obstacle | undefined {
  if (error instanceof UnstorableError) {
    const { field, character } = error
    return { what: 'text', field, character }
  }
  if (!(error instanceof NameTakenError) || error.what === 'role') return undefined
  const { what, desired: name, holder } = error
  return takenName({ what, name, holder }, customerId)
}

/** Returns the name or character and the remedy, for readers of the project: never another customer's id. */
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
  const remedy = what === 'project' ? 'rename this project' : "change the user's e-mail address"
  return `the name "${name}" is taken by another ${what} in OpenStack${other}: ${remedy}, or have the other one renamed`
}

/** Returns Keystone's message with the id of the name's holder, for the operator. */
export function logFailure(error: KeystoneError): string {
  return error instanceof NameTakenError ? `${error.message} (${error.holder.id})` : error.message
}

/** Returns the holder's id for the operator, and no names, which may be e-mail addresses. */
export function logObstacle(obstacle: Obstacle): string {
  if (obstacle.what === 'text')
    return `Keystone does not keep ${codePointOf(obstacle.character)} in a project's ${obstacle.field}`
  return `the name of a ${obstacle.what} is taken by another ${obstacle.what} (${obstacle.holderId})`
}

/** The first error, and how many others there are. */
export function summarize(errors: readonly string[]): string {
  const [first = '', ...others] = new Set(errors)
  return others.length === 0 ? first : `${first} (and ${others.length} more)`
}
