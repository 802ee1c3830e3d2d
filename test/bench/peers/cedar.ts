import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadPeer } from './install.ts'
import type { Meaning, Peer, Terms } from './meaning.ts'

type Uid = { type: string; id: string }
type Value = string | number | boolean | string[] | { [name: string]: Value }
type Attributes = Record<string, Value>
type Answer =
  | { type: 'success'; response: { decision: 'allow' | 'deny' } }
  | { type: 'failure'; errors: unknown }
type Cedar = {
  preparsePolicySet(id: string, policies: { staticPolicies: string }): { type: 'success' | 'failure' }
  statefulIsAuthorized(call: {
    principal: Uid
    action: Uid
    resource: Uid
    context: Attributes
    preparsedPolicySetId: string
    entities: { uid: Uid; attrs: Attributes; parents: Uid[] }[]
  }): Answer
}

/** Cedar compiled to WebAssembly, with the policies parsed once. */
export function openCedar(): Peer {
  const cedar = loadPeer('@cedar-policy/cedar-wasm/nodejs') as Cedar
  const staticPolicies = readFileSync(join(import.meta.dirname, 'cedar/policies.cedar'), 'utf8')
  const parsed = cedar.preparsePolicySet('rights', { staticPolicies })
  if (parsed.type === 'failure') throw new Error(`the policies of Cedar: ${JSON.stringify(parsed)}`)
  return {
    name: 'Cedar (WebAssembly, policies parsed)',
    isAllowed: (meaning) => {
      const answer = cedar.statefulIsAuthorized(callOf(meaning))
      if (answer.type === 'failure') throw new Error(`Cedar: ${JSON.stringify(answer.errors)}`)
      return answer.response.decision === 'allow'
    },
  }
}

const kinds: Record<string, string> = {
  customer: 'Customer',
  user: 'User',
  project: 'Project',
  server: 'Server',
}

function callOf({ action, now, customer, user, main, resource }: Meaning) {
  const principal = { type: 'User', id: user.id }
  const uid = { type: kinds[resource.kind] ?? 'Other', id: resource.id }
  const { exists, isMain, isMainCustomer, held } = resource
  const asked = { uid, attrs: { exists, isMain, isMainCustomer }, parents: [] }
  const isSelf = uid.type === 'User' && uid.id === user.id
  const own = { type: user.type, status: user.status }
  return {
    principal,
    action: { type: 'Action', id: action },
    resource: uid,
    context: {
      customer,
      now,
      ...(main && { main: attributesOf(main) }),
      ...(held && { held: attributesOf(held) }),
    },
    preparsedPolicySetId: 'rights',
    entities: isSelf
      ? [{ ...asked, attrs: { ...asked.attrs, ...own } }]
      : [{ uid: principal, attrs: own, parents: [] }, asked],
  }
}

const attributesOf = ({ names, until }: Terms): Attributes => ({
  names: [...names],
  ...(until !== undefined && { until }),
})
