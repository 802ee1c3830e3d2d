import { type Grant, isOwner, mainPlace, type Project, type Server, serverPlace, type User } from './state.ts'

/** What somebody comes to in a place; it may have expired. */
export type Held = Omit<Grant, 'source'> & { source: Grant['source'] | 'type' }

const byType = (...roles: string[]): Held => ({ roles, source: 'type' })

/** The last word about the user there, if it gives something and a type hasn't voided it. */
function effective(user: User, place: string): Held | undefined {
  const word = user.words.get(place)
  if (!word?.grant || user.voided > word.turn) return undefined
  const isBare = place === mainPlace && word.grant.roles.length === 0
  return user.type === 'customer-billing' && !isBare ? undefined : word.grant
}

export function inMain(user: User): Held | undefined {
  if (isOwner(user)) return byType()
  const comesWithType = user.type === 'customer-admin' || user.type === 'customer-billing'
  const saidSince = (user.words.get(mainPlace)?.turn ?? 0) > user.typeSince
  return comesWithType && !saidSince ? byType() : effective(user, mainPlace)
}

export function inProject(user: User, project: Project): Held | undefined {
  if (project.deleted) return undefined
  if (isOwner(user)) return byType('full')
  const isAdmin = user.type === 'customer-admin'
  const word = user.words.get(project.place)
  const isFromBeforeOwning = isAdmin && user.wasOwner && word !== undefined && word.turn < user.typeSince
  const held = isFromBeforeOwning ? undefined : effective(user, project.place)
  if (held || !isAdmin || user.adminSince > project.created) return held
  const hasLeft = word !== undefined && !word.grant && word.turn > user.typeSince
  return hasLeft ? undefined : byType('full')
}

export function onServer(user: User, { id }: Server): Held | undefined {
  return effective(user, serverPlace(id))
}

export function isInMain(user: User, now: number): boolean {
  const held = inMain(user)
  return held !== undefined && (held.expiresAt === undefined || Date.parse(held.expiresAt) > now)
}
