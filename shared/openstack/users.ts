import * as v from 'valibot'
import { isId } from '../domain/id.ts'
import { shaped, wholeList } from './answer.ts'
import { isKeystoneError } from './errors.ts'
import { type Call, type Keystone, pathTo } from './keystone.ts'
import { createOnce, rename, whoHas } from './unique-name.ts'

const User = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    domain_id: v.string(),
    enabled: v.optional(v.boolean(), true),
    // An attribute of our own, which Keystone keeps without looking at it. Others may have set it to anything.
    latchkey_user_id: v.fallback(v.optional(v.pipe(v.string(), v.check(isId))), undefined),
  }),
  v.transform(({ latchkey_user_id: latchkeyUserId, domain_id: domainId, ...user }) => ({
    ...user,
    domainId,
    latchkeyUserId,
  })),
)
/** `latchkeyUserId` is there for ours alone, and it is by this that they are known, whatever they are called. */
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
export async function listUsers(keystone: Keystone, domainId: string, prefix = ''): Promise<KeystoneUser[]> {
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

export async function findUserNamed(
  keystone: Keystone,
  domainId: string,
  name: string,
): Promise<KeystoneUser | undefined> {
  return whoHas(name, await list(keystone, { name, domain_id: domainId }))
}

export async function findUser(keystone: Keystone, id: string): Promise<KeystoneUser | undefined> {
  try {
    const json = await keystone.call({ method: 'GET', path: pathTo('users', id), expect: 200 })
    return shaped(OneUser, json).user
  } catch (error) {
    if (isKeystoneError(error, 'not-found')) return undefined
    throw error
  }
}

/**
 * The user with this user id of ours, made without a password unless it is there. Throws `conflict` where somebody else
 * has the name or the federated identity, `refused` where there is no such identity provider or protocol.
 */
export async function createUser(keystone: Keystone, wanted: NewUser): Promise<KeystoneUser> {
  const { domainId, name, enabled, latchkeyUserId, federated } = wanted
  const identities = federated && { federated: federatedOf(federated) }
  const user = { name, enabled, domain_id: domainId, latchkey_user_id: latchkeyUserId, ...identities }
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
    find: () => findUserNamed(keystone, domainId, name),
    isThis: (found) => found.latchkeyUserId === latchkeyUserId,
  })
  // Keystone makes the user before it finds that the identity is taken, or fails in between.
  return answered || !federated ? made : updateUser(keystone, made, { federated })
}

export type UserChange = { name?: string; enabled?: boolean; federated?: FederatedIdentity }

/**
 * Throws `conflict` where somebody else has the name or the federated identity, `not-found` where the user is gone. An
 * identity of another provider or protocol stays.
 */
export async function updateUser(
  keystone: Keystone,
  { id, domainId }: { id: string; domainId: string },
  change: UserChange,
): Promise<KeystoneUser> {
  const { federated, ...attributes } = change
  const user = { ...attributes, ...(federated && { federated: federatedOf(federated) }) }
  const call: Call = { method: 'PATCH', path: pathTo('users', id), body: { user }, expect: 200 }
  return rename({
    what: 'user',
    id,
    name: change.name,
    change: async () => shaped(OneUser, await keystone.call(call)).user,
    find: (name) => findUserNamed(keystone, domainId, name),
  })
}

function federatedOf({ idpId, protocolId, uniqueId }: FederatedIdentity) {
  return [{ idp_id: idpId, protocols: [{ protocol_id: protocolId, unique_id: uniqueId }] }]
}

async function list(keystone: Keystone, query: Record<string, string>): Promise<KeystoneUser[]> {
  return wholeList('users', User, await keystone.call({ method: 'GET', path: '/users', query, expect: 200 }))
}
