import { deliveryOfStamp, type Stamp } from '../values/instant.ts'
import { type TypeHistory, withType } from './user-type.ts'
import type { User, UserStatus } from './user.ts'

/**
 * What events have said of a name at a moment at which nobody holds it, or before its holder was made. Whoever turns out to
 * hold it at that moment takes it.
 */
export type UnclaimedFacts = {
  /** The newest deletion: what is older counts no more. */
  deleted?: Stamp | undefined
  name?: StampedValue<string> | undefined
  status?: StampedValue<UserStatus> | undefined
  types?: TypeHistory | undefined
}
export type StampedValue<T> = { value: T; at: Stamp }

const newest = <T>(one: StampedValue<T> | undefined, other: StampedValue<T> | undefined) =>
  !one || (other && other.at > one.at) ? other : one

/** All of both; `undefined` where that is nothing new. */
export function withFacts(
  said: UnclaimedFacts | undefined,
  more: UnclaimedFacts,
): UnclaimedFacts | undefined {
  const joined: UnclaimedFacts = {
    deleted: (more.deleted ?? '') > (said?.deleted ?? '') ? more.deleted : said?.deleted,
    name: newest(said?.name, more.name),
    status: newest(said?.status, more.status),
    types: (more.types ?? []).reduce(withType, said?.types ?? []),
  }
  const isNew =
    joined.deleted !== said?.deleted ||
    joined.name?.at !== said?.name?.at ||
    joined.status?.at !== said?.status?.at ||
    (joined.types?.length ?? 0) > (said?.types?.length ?? 0)
  return isNew ? joined : undefined
}

/** What of it is newer; `undefined`: nothing. */
export const factsAfter = (said: UnclaimedFacts | undefined, stamp: Stamp) =>
  factsWhere(said, (at) => at > stamp)

/** What of it isn't. */
export const factsUntil = (said: UnclaimedFacts | undefined, stamp: Stamp) =>
  factsWhere(said, (at) => at <= stamp)

function factsWhere(
  said: UnclaimedFacts | undefined,
  isMeant: (at: Stamp) => boolean,
): UnclaimedFacts | undefined {
  const { deleted, name, status, types = [] } = said ?? {}
  const meant: UnclaimedFacts = {
    deleted: deleted && isMeant(deleted) ? deleted : undefined,
    name: name && isMeant(name.at) ? name : undefined,
    status: status && isMeant(status.at) ? status : undefined,
    types: types.filter(({ at }) => isMeant(at)),
  }
  return meant.deleted || meant.name || meant.status || meant.types?.length ? meant : undefined
}

/** What events have said of the user after that stamp. */
export function factsOfUser({ name, status, types, stamps }: User, stamp: Stamp): UnclaimedFacts | undefined {
  const isMeant = (at: Stamp) => at > stamp && deliveryOfStamp(at) !== undefined
  const all = { name: { value: name, at: stamps.name }, status: { value: status, at: stamps.status }, types }
  return factsWhere(all, isMeant)
}

/** The stamps of the deliveries that said it. */
export function stampsOfFacts({ deleted, name, status, types = [] }: UnclaimedFacts): Stamp[] {
  const stamps = [deleted, name?.at, status?.at, ...types.map(({ at }) => at)]
  return [...new Set(stamps.filter((stamp) => stamp !== undefined))]
}

/** The user with what is newer than its own registers; types have their place in time. */
export function withUnclaimed(user: User, { name, status, types = [] }: UnclaimedFacts): User {
  const { stamps } = user
  const newerName = name && name.at > stamps.name ? name : undefined
  const newerStatus = status && status.at > stamps.status ? status : undefined
  return {
    ...user,
    name: newerName?.value ?? user.name,
    status: newerStatus?.value ?? user.status,
    types: types.reduce(withType, user.types),
    stamps: {
      ...stamps,
      name: newerName?.at ?? stamps.name,
      status: newerStatus?.at ?? stamps.status,
    },
  }
}
