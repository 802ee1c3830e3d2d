import { roles as everyRole } from '../../../shared/domain/entities/role.ts'
import { server } from '../customers.ts'
import type { Conversation } from './asked.ts'
import { because, type Scene } from './scene.ts'

/** Issue 3: one membership change. */
const budget = { requests: 5, transactions: 1, writeUnits: 10 }
const unwritten = { ...budget, transactions: 0, writeUnits: 0 }
const roles = ['compute:manage', 'network:read', 'volume:operate']
const terms = { expiresAt: '2099-01-01T00:00:00Z', reason: 'for the move to the new data centre' }
const withKey = (key: string) => ({ headers: { 'idempotency-key': key } })

/** Memberships and assignments: of the client, who has none. */
export async function* granting({ admin, operator, client, projects }: Scene): Conversation {
  const as = admin.login
  const [first = '', second = '', third = ''] = projects
  const put = { route: 'putMember', as, body: { roles, ...terms }, budget }
  const remove = { route: 'removeMember', as, budget }
  const on = (p: string) => ({ at: { p, u: client.id } })
  const asOperator = { as: operator, headers: because }
  yield { ...put, ...on(first), note: 'new' }
  yield { ...put, ...on(first), note: 'instead', body: { roles: ['dns:read'] } }
  yield { ...put, ...on(first), note: 'what is already', body: { roles: ['dns:read'] }, budget: unwritten }
  yield { ...put, ...on(first), note: 'dryRun', query: 'dryRun=true', budget: unwritten }
  const keyed = { ...put, ...on(second), ...withKey('3f0f7f0e-8f0c-4d0e-9a57-2b8a4f1f0c11') }
  yield { ...keyed, note: 'new, with an Idempotency-Key' }
  yield { ...keyed, note: 'the same again', budget: unwritten }
  const instead = { ...put, ...on(second), ...withKey('6a7ad2f4-51b5-4fd5-bb39-8ba6f6a6b0d2') }
  yield { ...instead, note: 'instead, with an Idempotency-Key', body: { roles: ['dns:read'], ...terms } }
  yield { ...put, ...on('main'), note: 'of Main', body: { roles: ['cdn'], ...terms } }
  const mainKey = withKey('0b2f8a52-58c0-4a6e-8a0a-9f6d1f9d1e44')
  yield { ...put, ...on('main'), ...mainKey, note: 'of Main, with an Idempotency-Key', body: { roles: [] } }
  yield { ...put, ...on(third), ...asOperator, note: 'new, an operator' }
  yield { ...remove, ...on(first) }
  const removalKey = withKey('f1f4f4a6-0c4f-4a64-b0ab-6f1a2f6f2d7e')
  yield { ...remove, ...on(second), ...removalKey, note: 'with an Idempotency-Key' }
  yield { ...remove, ...on('main'), note: 'of Main' }
  yield { ...remove, ...on(third), ...asOperator, note: 'an operator' }
  const longest = { roles: everyRole, expiresAt: terms.expiresAt, reason: '\u{1d11e}'.repeat(500) }
  const shorter = { ...longest, expiresAt: undefined }
  yield { route: 'putMember', as, ...on(first), note: 'as long as can be', body: longest }
  yield { route: 'putMember', as, ...on(first), note: 'as long as can be, instead', body: shorter }
  const pair = { as, at: { s: server(0), u: client.id }, budget }
  const assign = { ...pair, route: 'putAssignment', body: { capabilities: ['power', 'console'], ...terms } }
  yield { ...assign, note: 'new' }
  const key = withKey('c8b7d1f0-2a35-4a0b-8a2e-5d9f3a3c7e21')
  const body = { capabilities: ['power'], ...terms }
  yield { ...assign, ...key, note: 'instead, with an Idempotency-Key', body }
  yield { ...pair, route: 'removeAssignment' }
}
