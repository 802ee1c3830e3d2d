import { deliveryOfStamp, type Stamp } from '../values/instant.ts'
import { type TypeHistory, withType } from './user-type.ts'
import type { User, UserStatus } from './user.ts'

/**
 * Facts from events about a name at a moment at which nobody held it, or before its holder was created. They apply to
 * the holder who turns out to have had it then.
 */
export type UnclaimedFacts = {
  /** The newest deletion, which ends everything older. */
  deleted?: Stamp | undefined
  name?: StampedValue<string> | undefined
  status?: StampedValue<UserStatus> | undefined
  types?: TypeHistory | undefined
}
type StampedValue<T> = { value: T; at: Stamp }

const newest = <T>(one: StampedValue<T> | undefined, other: StampedValue<T> | undefined) =>
  !one || (other && other.at > one.at) ? other : one

/** Merges both; `undefined` if `more` adds nothing. */
export function withFacts(
  facts: UnclaimedFacts | undefined,
  more: UnclaimedFacts,
): UnclaimedFacts | undefined {
  const joined: UnclaimedFacts = {
    deleted: (more.deleted ?? '') > (facts?.deleted ?? '') ? more.deleted : facts?.deleted,
    name: newest(facts?.name, more.name),
    status: newest(facts?.status, more.status),
    types: (more.types ?? []).reduce(withType, facts?.types ?? []),
  }
  const isNew =
    joined.deleted !== facts?.deleted ||
    joined.name?.at !== facts?.name?.at ||
    joined.status?.at !== facts?.status?.at ||
    (joined.types?.length ?? 0) > (facts?.types?.length ?? 0)
  return isNew ? joined : undefined
}

/** The facts newer than the stamp; `undefined` if there are none. */
export const factsAfter = (facts: UnclaimedFacts | undefined, stamp: Stamp) =>
  factsWhere(facts, (at) => at > stamp)

/** The facts not newer than the stamp. */
export const factsUntil = (facts: UnclaimedFacts | undefined, stamp: Stamp) =>
  factsWhere(facts, (at) => at <= stamp)

function factsWhere(
  facts: UnclaimedFacts | undefined,
  isMeant: (at: Stamp) => boolean,
): UnclaimedFacts | undefined {
  const { deleted, name, status, types = [] } = facts ?? {}
  const meant: UnclaimedFacts = {
    deleted: deleted && isMeant(deleted) ? deleted : undefined,
    name: name && isMeant(name.at) ? name : undefined,
    status: status && isMeant(status.at) ? status : undefined,
    types: types.filter(({ at }) => isMeant(at)),
  }
  return meant.deleted || meant.name || meant.status || meant.types?.length ? meant : undefined
}

/** The facts about the user from events after that stamp. */
export function factsOfUser({ name, status, types, stamps }: User, stamp: Stamp): UnclaimedFacts | undefined {
  const isMeant = (at: Stamp) => at > stamp && deliveryOfStamp(at) !== undefined
  const all = { name: { value: name, at: stamps.name }, status: { value: status, at: stamps.status }, types }
  return factsWhere(all, isMeant)
}

/** The stamps of the deliveries that the facts came from. */
export function stampsOfFacts({ deleted, name, status, types = [] }: UnclaimedFacts): Stamp[] {
  const stamps = [deleted, name?.at, status?.at, ...types.map(({ at }) => at)]
  return [...new Set(stamps.filter((stamp) => stamp !== undefined))]
}

/** Returns the user with the facts that are newer than its own fields; types are inserted in order. */
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
