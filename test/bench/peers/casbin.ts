import { join } from 'node:path'
import { loadPeer } from './install.ts'
import type { Peer, Terms } from './meaning.ts'

type Enforcer = {
  addFunction(name: string, work: (...given: never[]) => boolean): Promise<void>
  enforceSync(...request: unknown[]): boolean
}
type Casbin = { newEnforcer(model: string, policy: string): Promise<Enforcer> }

/** casbin with the rights table as rules, asked by attributes. */
export async function openCasbin(): Promise<Peer> {
  const folder = join(import.meta.dirname, 'casbin')
  const casbin = loadPeer('casbin') as Casbin
  const enforcer = await casbin.newEnforcer(join(folder, 'model.conf'), join(folder, 'policy.csv'))
  await enforcer.addFunction('holds', holds)
  return {
    name: 'casbin',
    isAllowed: ({ action, now, customer, user, main, resource }) =>
      enforcer.enforceSync(user, resource, action, { now, customer, main }),
  }
}

function holds(terms: Terms | undefined, now: number, needed: string): boolean {
  if (needed === '-') return true
  if (!terms || (terms.until !== undefined && terms.until <= now)) return false
  return needed === 'member' || needed.split('|').some((name) => terms.names.includes(name))
}
