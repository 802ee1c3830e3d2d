import * as v from 'valibot'
import { isId } from '../../domain/values/id.ts'
import { parseAs, parseCompleteList } from '../transport/answer.ts'
import { isKeystoneError } from '../transport/errors.ts'
import { type Call, type Keystone, pathTo } from './client.ts'
import { createOnce, holderAmong, rename } from './unique-name.ts'

const User = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    domain_id: v.string(),
    enabled: v.optional(v.boolean(), true),
    // Our own attributes: Keystone stores them unchecked, and others may have set them to anything.
    latchkey_user_id: v.fallback(v.optional(v.pipe(v.string(), v.check(isId))), undefined),
    latchkey_federated_id: v.fallback(v.optional(v.string()), undefined),
  }),
  v.transform(
    ({
      latchkey_user_id: latchkeyUserId,
      latchkey_federated_id: federatedId,
      domain_id: domainId,
      ...user
    }) => ({ ...user, domainId, latchkeyUserId, ...(federatedId !== undefined && { federatedId }) }),
  ),
)
/**
 * `latchkeyUserId` identifies our users, whatever their names; users of others have none.
 * `federatedId` is the unique id that was requested last, as Keystone's lists have none: only `listUsersFederated` returns
 * the users who really have it.
 */
export type KeystoneUser = v.InferOutput<typeof User>

const OneUser = v.object({ user: User })

/** Keystone's key of an identity provider's user. */
export type FederatedIdentity = { idpId: string; protocolId: string; uniqueId: string }

export type NewUser = {
  domainId: string
  /** 255 characters at most. */
  name: string
  enabled: boolean
  latchkeyUserId: string
  federated?: FederatedIdentity | undefined
}

/** The users of a domain whose names begin with the prefix; all of them for an empty one. */
export async function listKeystoneUsers(
  keystone: Keystone,
  domainId: string,
  prefix = '',
): Promise<KeystoneUser[]> {
  const query = { domain_id: domainId, ...(prefix && { name__startswith: prefix }) }
  // In Keystone's database an underscore in the prefix matches any character.
  return (await list(keystone, query)).filter(({ name }) => name.startsWith(prefix))
}

/** The users with an identity of this provider and protocol, whatever the unique id. */
export async function listUsersFederated(
  keystone: Keystone,
  domainId: string,
  { idpId, protocolId }: { idpId: string; protocolId: string },
): Promise<KeystoneUser[]> {
  return list(keystone, { domain_id: domainId, idp_id: idpId, protocol_id: protocolId })
}

/** The holder of this identity, in any domain: at a first login Keystone creates a user in the provider's own domain. */
export async function findUserFederated(
  keystone: Keystone,
  { idpId, protocolId, uniqueId }: FederatedIdentity,
): Promise<KeystoneUser | undefined> {
  const [user] = await list(keystone, { idp_id: idpId, protocol_id: protocolId, unique_id: uniqueId })
  return user
}

/** The user that occupies the name: Keystone's database may treat another name as the same. */
async function findUserHolding(
  keystone: Keystone,
  domainId: string,
  name: string,
): Promise<KeystoneUser | undefined> {
  return holderAmong(name, await list(keystone, { name, domain_id: domainId }))
}

/**
 * Creates the user with this id of ours, without a password, unless it is there. Throws `conflict` where another user has
 * the name, `refused` where there is no such identity provider or protocol. A federated identity of another user stays
 * theirs.
 */
export async function createKeystoneUser(keystone: Keystone, desired: NewUser): Promise<KeystoneUser> {
  const { domainId, name, enabled, latchkeyUserId, federated } = desired
  const user = {
    name,
    enabled,
    domain_id: domainId,
    latchkey_user_id: latchkeyUserId,
    ...attributesOf(federated),
  }
  let answered = false
  const made = await createOnce({
    what: 'user',
    name,
    create: async () => {
      const call: Call = { method: 'POST', path: '/users', body: { user }, expect: 201 }
      const { user: answer } = parseAs(OneUser, await keystone.call(call))
      answered = true
      return answer
    },
    find: () => findUserHolding(keystone, domainId, name),
    isThis: (found) => found.latchkeyUserId === latchkeyUserId,
  })
  // Keystone creates the user before it finds the identity taken, or fails in between.
  return answered || !federated ? made : updateKeystoneUser(keystone, made, { federated })
}

export type UserChange = { name?: string; enabled?: boolean; federated?: FederatedIdentity }

type UserRef = { id: string; domainId: string }

/**
 * Throws `conflict` where another user has the name, `not-found` where the user is gone, `refused` where Keystone keeps the
 * name: it does for a user with a federated identity, unless the request has one too. An identity replaces all others of
 * the user. Where another user has it, the rest of the change is made, and the identity's unique id is the user's own id,
 * with which nobody logs in.
 */
export async function updateKeystoneUser(
  keystone: Keystone,
  user: UserRef,
  change: UserChange,
): Promise<KeystoneUser> {
  const { federated, name } = change
  try {
    return await patch(keystone, user, change)
  } catch (error) {
    if (!federated || !isKeystoneError(error, 'conflict')) throw error
    // A concurrent run may have made the same change.
    const holder = await findUserFederated(keystone, federated)
    if (holder?.id === user.id && holder.name === (name ?? holder.name)) return holder
    return patch(keystone, user, { ...change, federated: ownIdentity(federated, user) })
  }
}

/** An identity with which nobody logs in: it frees the one before, and makes Keystone change the name. */
export function ownIdentity(
  { idpId, protocolId }: Pick<FederatedIdentity, 'idpId' | 'protocolId'>,
  { id }: Pick<UserRef, 'id'>,
): FederatedIdentity {
  return { idpId, protocolId, uniqueId: id }
}

async function patch(
  keystone: Keystone,
  { id, domainId }: UserRef,
  { federated, ...change }: UserChange,
): Promise<KeystoneUser> {
  const user = { ...change, ...attributesOf(federated) }
  const call: Call = { method: 'PATCH', path: pathTo('users', id), body: { user }, expect: 200 }
  return rename({
    what: 'user',
    id,
    name: change.name,
    change: async () => parseAs(OneUser, await keystone.call(call)).user,
    find: (name) => findUserHolding(keystone, domainId, name),
  })
}

function attributesOf(federated: FederatedIdentity | undefined) {
  if (!federated) return {}
  const { idpId, protocolId, uniqueId } = federated
  return {
    federated: [{ idp_id: idpId, protocols: [{ protocol_id: protocolId, unique_id: uniqueId }] }],
    latchkey_federated_id: uniqueId,
  }
}

async function list(keystone: Keystone, query: Record<string, string>): Promise<KeystoneUser[]> {
  return parseCompleteList(
    'users',
    User,
    await keystone.call({ method: 'GET', path: '/users', query, expect: 200 }),
  )
}
