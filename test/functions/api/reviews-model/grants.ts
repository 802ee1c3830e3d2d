import { heldIn, type Place } from '../model/change-grants.ts'
import type { Held } from '../model/members.ts'
import * as state from '../model/state.ts'

/** A grant that a user holds, by the model alone. */
export type Grant = Held & {
  user: state.User
  place: Place
  kind: 'project' | 'server'
  resourceId: string
  /** Changes with each change that could matter to the grant. */
  revision: string
  /** Changes when the grant is another one, or its user has another type. */
  identity: string
}

/** All grants held, without expired ones, by item id. */
export function grantsOf(customer: state.Customer, now: number): Map<string, Grant> {
  const places: Place[] = ['main', ...state.live(customer), ...customer.servers]
  const grants = state
    .present(customer)
    .flatMap((user) => places.map((place) => [itemIdOf(user, place), grantIn(user, place)] as const))
  return new Map(
    grants.flatMap(([id, grant]): [string, Grant][] =>
      grant && !isOver(grant.expiresAt, now) ? [[id, grant]] : [],
    ),
  )
}

export const isOver = (expiresAt: string | undefined, now: number) =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now

function grantIn(user: state.User, place: Place): Grant | undefined {
  const held = heldIn(user, place)
  if (!held) return undefined
  const turn = user.words.get(nameOf(place))?.turn
  const origin = held.source === 'type' ? 'by type' : turn
  return {
    ...held,
    user,
    place,
    ...partOf(place),
    revision: JSON.stringify([user.type, user.typeSince, user.adminSince, turn]),
    identity: JSON.stringify([user.type, origin]),
  }
}

export function nameOf(place: Place): string {
  if (place === 'main') return state.mainPlace
  return 'hostname' in place ? state.serverPlace(place.id) : place.place
}

function partOf(place: Place): Pick<Grant, 'kind' | 'resourceId'> {
  if (place === 'main') return { kind: 'project', resourceId: 'main' }
  return { kind: 'hostname' in place ? 'server' : 'project', resourceId: place.id }
}

function itemIdOf(user: state.User, place: Place): string {
  const { kind, resourceId } = partOf(place)
  return `${user.id}.${kind}.${resourceId}`
}

/** True if a grant matches all that the scope names, except `unusedDays`. */
export function isIn(
  { projects, types, services, origins }: Scope,
  { kind, resourceId, roles, source, user }: Grant,
): boolean {
  if (projects && (kind === 'server' || !projects.includes(resourceId))) return false
  if (types && !types.includes(user.type)) return false
  const served = kind === 'server' ? [] : roles.map((role) => role.split(':')[0] ?? '')
  if (services && !served.some((service) => service === 'full' || services.includes(service))) return false
  return !origins || origins.includes(source === 'type' ? 'automatic' : 'explicit')
}

export type Scope = {
  projects?: readonly string[]
  types?: readonly state.UserType[]
  services?: readonly string[]
  origins?: readonly ('automatic' | 'explicit')[]
  unusedDays?: number
}
