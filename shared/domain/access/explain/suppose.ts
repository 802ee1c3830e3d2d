import type { Capability } from '../../entities/capability.ts'
import type { GrantedResource, StoredGrant } from '../../entities/grant.ts'
import type { Instant, Stamp } from '../../values/instant.ts'
import type { Facts } from '../decide.ts'

/** The terms of a grant that somebody could make. */
export type SupposedTerms = {
  roles: readonly string[]
  capabilities: readonly Capability[]
  expiresAt?: Instant | undefined
}

/** After every other: a grant of a person counts after whatever it replaces. */
const newest: Stamp = '9999-12-31T23:59:59.999999999Z#~'

const grantKey = ({ kind, id }: GrantedResource) => `${kind}/${id}`

/** The facts as they would be had the subject been granted this, in place of what is stored. */
export function supposeGranted(facts: Facts, resource: GrantedResource, terms: SupposedTerms): Facts {
  return withStored(facts, { ...madeNow(facts, resource), ...terms })
}

/** The facts as they would be had the subject's grant been revoked, stored or by type. */
export function supposeRevoked(facts: Facts, resource: GrantedResource): Facts {
  return withStored(facts, { ...madeNow(facts, resource), roles: [], capabilities: [], revoked: true })
}

function withStored(facts: Facts, grant: StoredGrant): Facts {
  return { ...facts, grants: new Map([...facts.grants, [grantKey(grant.resource), grant]]) }
}

function madeNow({ customer, user, now }: Facts, resource: GrantedResource) {
  return {
    customerId: customer?.id ?? '',
    userId: user?.id ?? '',
    resource,
    stamp: newest,
    source: 'explicit',
    grantedBy: '',
    grantedAt: now,
  } as const
}
