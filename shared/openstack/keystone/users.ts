import * as v from 'valibot'
import { isId } from '../../domain/values/id.ts'
import { shaped, wholeList } from '../transport/answer.ts'
import { isKeystoneError } from '../transport/errors.ts'
import { type Call, type Keystone, pathTo } from './client.ts'
import { createOnce, holderAmong, rename } from './unique-name.ts'

const User = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    domain_id: v.string(),
    enabled: v.optional(v.boolean(), true),
    // Attributes of our own, which Keystone keeps without looking at them. Others may have set them to anything.
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
 * `latchkeyUserId` is there for ours alone, and it is by this that they are known, whatever they are called.
 * `federatedId` is the unique id that was last asked for, since Keystone's lists show none: whether the user has it,
 * only `listUsersFederated` tells.
 */
export type KeystoneUser = v.InferOutput<typeof User>

const OneUser = v.object({ user: User })

/** By what a user of an identity provider is known to Keystone. */
export type FederatedIdentity = { idpId: string; protocolId: string; uniqueId: string }

export type NewUser = {
  domainId: string
  /** 255 characters at most. */
  name: string
  enabled: boolean
  latchkeyUserId: string
  federated?: FederatedIdentity | undefined
}

/** Those of a domain whose names begin like this; all of them for an empty prefix. */
export async function listKeystoneUsers(
  keystone: Keystone,
  domainId: string,
  prefix = '',
): Promise<KeystoneUser[]> {
  const query = { domain_id: domainId, ...(prefix && { name__startswith: prefix }) }
  // To Keystone's database an underscore in it is any character.
  return (await list(keystone, query)).filter(({ name }) => name.startsWith(prefix))
}

/** Those who have an identity of this provider and protocol, whatever their unique id. */
export async function listUsersFederated(
  keystone: Keystone,
  domainId: string,
  { idpId, protocolId }: { idpId: string; protocolId: string },
): Promise<KeystoneUser[]> {
  return list(keystone, { domain_id: domainId, idp_id: idpId, protocol_id: protocolId })
}

/** Who has this very identity, in any domain: Keystone makes a user in the provider's own for whoever logs in first. */
export async function findUserFederated(
  keystone: Keystone,
  { idpId, protocolId, uniqueId }: FederatedIdentity,
): Promise<KeystoneUser | undefined> {
  const [user] = await list(keystone, { idp_id: idpId, protocol_id: protocolId, unique_id: uniqueId })
  return user
}

/** The user who keeps others from the name: Keystone's database may take another one for the same. */
async function findUserHolding(
  keystone: Keystone,
  domainId: string,
  name: string,
): Promise<KeystoneUser | undefined> {
  return holderAmong(name, await list(keystone, { name, domain_id: domainId }))
}

/**
 * The user with this user id of ours, made without a password unless it is there. Throws `conflict` where somebody else
 * has the name, `refused` where there is no such identity provider or protocol. A federated identity that somebody else
 * has stays theirs.
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
      const { user: answer } = shaped(OneUser, await keystone.call(call))
      answered = true
      return answer
    },
    find: () => findUserHolding(keystone, domainId, name),
    isThis: (found) => found.latchkeyUserId === latchkeyUserId,
  })
  // Keystone makes the user before it finds that the identity is taken, or fails in between.
  return answered || !federated ? made : updateKeystoneUser(keystone, made, { federated })
}

export type UserChange = { name?: string; enabled?: boolean; federated?: FederatedIdentity }

type UserRef = { id: string; domainId: string }

/**
 * Throws `conflict` where somebody else has the name, `not-found` where the user is gone, `refused` where Keystone keeps
 * the name: of a user with a federated identity it does unless it is given one along with the name. An identity takes
 * the place of all that the user had. Where somebody else has it, which takes none of the rest away, the user goes by
 * its own id instead, with which nobody logs in.
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
    // Somebody at work on the same user may have been faster.
    const holder = await findUserFederated(keystone, federated)
    if (holder?.id === user.id && holder.name === (name ?? holder.name)) return holder
    return patch(keystone, user, { ...change, federated: ownIdentity(federated, user) })
  }
}

/** What nobody logs in with: gives another identity away, and lets Keystone change the name. */
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
    change: async () => shaped(OneUser, await keystone.call(call)).user,
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
  return wholeList('users', User, await keystone.call({ method: 'GET', path: '/users', query, expect: 200 }))
}
