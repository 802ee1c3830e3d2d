import { type Fact, factsOf } from './facts.ts'
import { hasBlanketRights, heldIn, heldInMain } from './held.ts'
import {
  type Customer,
  type Grant,
  isMainName,
  type OracleEvent,
  serverPlace,
  type User,
  wordAbout,
} from './model.ts'
import { replay } from './replay.ts'
import {
  actions,
  actionsOn,
  ceilings,
  emailKey,
  holdsRole,
  instantOf,
  isOpenstack,
  projectKey,
  survivesSuspension,
} from './vocabulary.ts'

export { actions, type Fact, type OracleEvent }

/** By natural ids: customer id, e-mail, project name (the customer id or `main` for Main), server id. */
export type Resource = { type: string; id: string }
export type Answer = { decision: boolean; code: string; needed?: string }
export type Question = { customerId: string; email: string; action: string; resource: Resource; now: Date }

type Situation = { customer: Customer; user: User; action: string; resource: Resource; now: string }

/**
 * Computes the answers that the service should give when all events are applied, whatever order they came in. It
 * takes only events that fit their type; one that doesn't is a TypeError. `now` decides expiry alone: events count
 * even if they are later.
 */
export class Oracle {
  readonly #customers: Map<string, Customer>

  constructor(events: Iterable<OracleEvent>) {
    this.#customers = replay(events)
  }

  decide({ customerId, email, action, resource, now }: Question): Answer {
    if (!isAskable(action, resource.type)) return denied('unknown-action')
    const customer = this.#find(customerId)
    const user = customer?.users.get(emailKey(email))
    if (!customer || !user) return denied('unknown-subject')
    if (!isThere(customer, resource)) return denied('unknown-resource')
    return decideAbout({ customer, user, action, resource, now: instantOf(now.toISOString()) })
  }

  /** E-mails of the users that aren't deleted, disabled ones and the main-customer included, sorted. */
  users(customerId: string): string[] {
    return [...(this.#find(customerId)?.users.keys() ?? [])].sort()
  }

  /** Names of the OpenStack projects that aren't deleted, as they were written, sorted. */
  projects(customerId: string): string[] {
    return [...(this.#find(customerId)?.projects.values() ?? [])].map((project) => project.name).sort()
  }

  servers(customerId: string): string[] {
    return [...(this.#find(customerId)?.servers.keys() ?? [])].sort()
  }

  /** All facts about the customer, in natural names; none about an unknown one. */
  facts(customerId: string): Fact[] {
    const customer = this.#find(customerId)
    return customer ? factsOf(customer) : []
  }

  #find(customerId: string): Customer | undefined {
    const customer = this.#customers.get(customerId)
    return customer?.exists ? customer : undefined
  }
}

const allowed = (code: string): Answer => ({ decision: true, code })
const denied = (code: string): Answer => ({ decision: false, code })
const tooLow = (needed: string): Answer => ({ decision: false, code: 'role-too-low', needed })

function isAskable(action: string, resourceType: string): boolean {
  return (actionsOn.get(resourceType) ?? actions).includes(action)
}

function isThere(customer: Customer, resource: Resource): boolean {
  if (resource.type === 'customer') return resource.id === customer.id
  if (resource.type === 'user') return customer.users.has(emailKey(resource.id))
  if (resource.type === 'server') return customer.servers.has(resource.id)
  if (resource.type !== 'project') return false
  return isMain(customer, resource) || customer.projects.has(projectKey(resource.id))
}

function isMain(customer: Customer, resource: Resource): boolean {
  return resource.type === 'project' && (resource.id === 'main' || isMainName(customer, resource.id))
}

function decideAbout(situation: Situation): Answer {
  const { customer, user, action } = situation
  if (customer.status === 'closed') return denied('closed')
  if (customer.status === 'suspended' && !survivesSuspension(action)) return denied('suspended')
  if (user.disabled) return denied('disabled')
  const answer = decideByRights(situation)
  return answer.decision || !readsSelf(situation) ? answer : allowed('self')
}

function readsSelf({ user, action, resource }: Situation): boolean {
  return action === 'user.read' && resource.type === 'user' && emailKey(resource.id) === user.email
}

function decideByRights(situation: Situation): Answer {
  const { user, action, resource } = situation
  if (isLocked(situation)) return denied('locked')
  if (!ceilings[user.type].includes(action)) return denied('type-ceiling')
  if (user.type === 'main-customer') return allowed('owner')
  if (isOpenstack(action)) return decideOpenstack(situation)
  if (action === 'project.read' && resource.type === 'project') return decideProjectRead(situation)
  if (!isInMain(situation)) return denied('not-a-main-member')
  return hasBlanketRights(user) ? allowed('type') : decideAssigned(situation)
}

function isLocked({ customer, user, action, resource }: Situation): boolean {
  if (isMain(customer, resource)) return action === 'project.manage' || isOpenstack(action)
  if (action !== 'user.manage' || resource.type !== 'user') return false
  const managed = customer.users.get(emailKey(resource.id))
  return managed?.type === 'main-customer' && user.type !== 'main-customer'
}

function decideOpenstack(situation: Situation): Answer {
  const grant = membership(situation)
  const needed = situation.action.replace('.', ':')
  const flaw = flawOf(grant, situation)
  if (flaw) return flaw
  return holdsRole(grant?.roles ?? [], needed) ? allowed('membership') : tooLow(needed)
}

function decideProjectRead(situation: Situation): Answer {
  if (hasBlanketRights(situation.user) && isInMain(situation)) return allowed('type')
  const flaw = flawOf(membership(situation), situation)
  if (!flaw) return allowed('membership')
  return hasBlanketRights(situation.user) ? denied('not-a-main-member') : flaw
}

function decideAssigned(situation: Situation): Answer {
  const { customer, user, action, resource } = situation
  if (action === 'cdn.manage') {
    const roles = mainMembership(situation)?.roles ?? []
    return roles.includes('cdn') ? allowed('membership') : tooLow('cdn')
  }
  if (resource.type !== 'server') return denied('no-grant')
  const grant = wordAbout(customer, serverPlace(resource.id), user.email)?.grant
  const flaw = flawOf(grant, situation)
  if (flaw) return flaw
  const capability = action.slice('server.'.length)
  const held = ['read', 'view', ...(grant?.roles ?? [])].includes(capability)
  return held ? allowed('assignment') : tooLow(capability)
}

function flawOf(grant: Grant | undefined, { now }: Situation): Answer | undefined {
  if (!grant) return denied('no-grant')
  return isExpired(grant, now) ? denied('expired') : undefined
}

const isExpired = ({ expiresAt }: Grant, now: string) => expiresAt !== undefined && expiresAt <= now

function isInMain(situation: Situation): boolean {
  const grant = mainMembership(situation)
  return grant !== undefined && !isExpired(grant, situation.now)
}

function mainMembership({ customer, user }: Situation): Grant | undefined {
  return heldInMain(customer, user)?.grant
}

function membership(situation: Situation): Grant | undefined {
  const { customer, user, resource } = situation
  if (isMain(customer, resource)) return mainMembership(situation)
  return heldIn(customer, user, resource.id)?.grant
}
