import { isDeepStrictEqual } from 'node:util'
import { type Held, inMain, inProject, onServer } from './members.ts'
import { type Outcome, refuse, unless } from './outcome.ts'
import * as state from './state.ts'

/** Where somebody is in, or what somebody is assigned to. */
export type Place = 'main' | state.Project | state.Server
export type Terms = { roles: readonly string[]; expiresAt?: string | undefined; reason?: string | undefined }

const isServer = (place: Place): place is state.Server => place !== 'main' && 'hostname' in place

export function heldIn(user: state.User, place: Place): Held | undefined {
  if (place === 'main') return inMain(user)
  return isServer(place) ? onServer(user, place) : inProject(user, place)
}

function nameOf(place: Place): string {
  if (place === 'main') return state.mainPlace
  return isServer(place) ? state.serverPlace(place.id) : place.place
}

/** The main-customer's memberships are out of reach; its assignments mean nothing, and aren't. */
const isLocked = (user: state.User, place: Place) => state.isOwner(user) && !isServer(place)

export function grant(
  model: state.Model,
  user: state.User,
  place: Place,
  terms: Terms,
  source: state.Grant['source'],
): Outcome {
  if (isLocked(user, place)) return refuse('locked')
  const refused = source === 'explicit' ? refusalToPeople(model, user, terms) : undefined
  if (refused) return refused
  const isBare = place === 'main' && terms.roles.length === 0
  if (user.type === 'customer-billing' && !isBare) return refuse('type-ceiling')
  const held = heldIn(user, place)
  return unless(source === 'explicit' && held !== undefined && isSame(held, terms), {
    status: held ? 200 : 201,
    apply: () => void user.words.set(nameOf(place), { turn: model.turn, grant: { ...terms, source } }),
  })
}

/** What comes with the type was never granted. */
function isSame(held: Held, { roles, expiresAt, reason }: Terms): boolean {
  const isAsLong = held.expiresAt === expiresAt && held.reason === reason
  return held.source !== 'type' && isAsLong && isDeepStrictEqual(new Set(held.roles), new Set(roles))
}

/** What an event may say, though it gives nothing. */
function refusalToPeople({ now }: state.Model, user: state.User, { expiresAt }: Terms): Outcome | undefined {
  if (user.disabled) return refuse('conflict')
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= now
  return isOver ? refuse('invalid-request') : undefined
}

export function revoke({ turn }: state.Model, user: state.User, place: Place): Outcome {
  if (isLocked(user, place)) return refuse('locked')
  return { status: 204, apply: () => void user.words.set(nameOf(place), { turn, grant: undefined }) }
}
