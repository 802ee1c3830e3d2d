import { expect, it } from 'vitest'
import { decide, type Facts, type ResourceRef } from '../../../../../shared/domain/access/decide.ts'
import { explain, explainWithout } from '../../../../../shared/domain/access/explain/explain.ts'
import {
  smallestGrant,
  type SuggestedGrant,
} from '../../../../../shared/domain/access/explain/smallest-grant.ts'
import { assignmentOf, membershipOf } from '../../../../../shared/domain/access/membership.ts'
import { actionsOn } from '../../../../../shared/domain/access/permissions.ts'
import { capabilities, type Capability } from '../../../../../shared/domain/entities/capability.ts'
import type { StoredGrant } from '../../../../../shared/domain/entities/grant.ts'
import { MainGrant, ProjectGrant, roles } from '../../../../../shared/domain/entities/role.ts'
import { addMilliseconds, stampOf } from '../../../../../shared/domain/values/instant.ts'
import { validate } from '../../../../../shared/domain/values/validate.ts'
import { runs, seed } from '../../../../support/long.ts'
import { Random } from '../../../../support/random.ts'
import { now, randomQuestion } from './random-facts.ts'

/** Denials that a grant turns. */
const wanted = runs(400, 1_000)

/** As the API would store it: a moment later. */
function grant(facts: Facts, { resource, terms }: SuggestedGrant): Facts {
  const at = addMilliseconds(now, 1)
  const stored: StoredGrant = {
    customerId: 'RND000001',
    userId: facts.user?.id ?? '',
    resource,
    stamp: stampOf(at, 'z'),
    source: 'explicit',
    grantedBy: 'operator:ops',
    grantedAt: at,
    ...terms,
  }
  return { ...facts, grants: new Map([...facts.grants, [`${resource.kind}/${resource.id}`, stored]]) }
}
const grantAll = (facts: Facts, grants: readonly SuggestedGrant[]) => grants.reduce(grant, facts)

/** What is held on Main and on the resource, unless it has ended. */
function heldOn({ user, main, resource, grants }: Facts, kind: string, id: string) {
  const stored = grants.get(`${kind}/${id}`)
  if (!user) return undefined
  const membership =
    id === 'main'
      ? main && membershipOf(user, main, stored)
      : resource?.type === 'project'
        ? membershipOf(user, resource.project, stored)
        : undefined
  const assignment =
    resource?.type === 'server' && id !== 'main' ? assignmentOf(user, resource.server, stored) : undefined
  const held = membership ? { ...membership, capabilities: [] } : assignment && { ...assignment, roles: [] }
  return held && (held.expiresAt === undefined || held.expiresAt > now) ? held : undefined
}

/** Everything that somebody could grant besides what is held: on Main, on the resource, or on both. */
function everyGrant(facts: Facts, { type, id }: ResourceRef): SuggestedGrant[][] {
  const terms = (on: SuggestedGrant['resource'], name: string | undefined): SuggestedGrant => {
    const held = heldOn(facts, on.kind, on.id)
    const added = name === undefined ? [] : [name]
    const isServer = on.kind === 'server'
    return {
      resource: on,
      terms: {
        roles: isServer ? [] : [...(held?.roles ?? []), ...added],
        capabilities: isServer ? (['view', ...(held?.capabilities ?? []), ...added] as Capability[]) : [],
        expiresAt: held?.expiresAt,
      },
    }
  }
  const main = [undefined, 'cdn'].map((role) => terms({ kind: 'project', id: 'main' }, role))
  const names: readonly string[] =
    type === 'server' ? capabilities : type === 'project' && id !== 'main' ? roles : []
  const on = names.map((name) => terms({ kind: type === 'server' ? 'server' : 'project', id }, name))
  return [
    ...main.map((each) => [each]),
    ...on.map((each) => [each]),
    ...main.flatMap((one) => on.map((other) => [one, other])),
  ]
}

function allowedIn(facts: Facts, ref: ResourceRef): Set<string> {
  const customer = { type: 'customer', id: facts.customer?.id ?? '' }
  const refs = [
    { facts, ref },
    { facts: { ...facts, resource: undefined }, ref: customer },
  ]
  return new Set(
    refs.flatMap((each) =>
      [...actionsOn[each.ref.type as keyof typeof actionsOn]]
        .filter((action) => decide(each.facts, action, each.ref).allowed)
        .map((action) => `${each.ref.type} ${action}`),
    ),
  )
}

it('the smallest grant turns a denial and nothing smaller does; where none is named, none can', () => {
  const random = new Random(seed)
  let turned = 0
  let hopeless = 0
  let both = 0
  const problems: unknown[] = []
  while (turned < wanted) {
    const { facts, action, ref } = randomQuestion(random)
    const denial = decide(facts, action, ref)
    if (denial.allowed) continue
    const found = smallestGrant(facts, action, ref)
    const turns = everyGrant(facts, ref).filter(
      (grants) => decide(grantAll(facts, grants), action, ref).allowed,
    )
    const problem = (why: string) => problems.push({ why, action, ref, denial, found, facts })
    if ('impossible' in found) {
      hopeless++
      if (turns.length > 0) problem('a grant would do')
      continue
    }
    turned++
    if (found.grants.length > 1) both++
    const after = grantAll(facts, found.grants)
    if (!decide(after, action, ref).allowed) problem('it does not turn it')
    const [before, gained] = [allowedIn(facts, ref), allowedIn(after, ref)]
    if ([...before].some((each) => !gained.has(each))) problem('something is lost')
    const smaller = turns.filter((grants) => {
      const other = allowedIn(grantAll(facts, grants), ref)
      if (grants.length !== found.grants.length) return grants.length < found.grants.length
      return (
        other.size < gained.size || ([...other].every((each) => gained.has(each)) && other.size < gained.size)
      )
    })
    if (smaller.length > 0) problem('something smaller does')
    for (const { resource, terms } of found.grants) {
      const held = heldOn(facts, resource.kind, resource.id)
      const kept = [...(held?.roles ?? []), ...(held?.capabilities ?? [])]
      const named: string[] = [...terms.roles, ...terms.capabilities]
      if (!kept.every((each) => named.includes(each)) || terms.expiresAt !== held?.expiresAt)
        problem('not carried')
      if (resource.kind === 'project')
        validate(resource.id === 'main' ? MainGrant : ProjectGrant, { roles: terms.roles })
    }
    if (found.grants.length > 1 && found.grants[0]?.resource.id !== 'main') problem('Main comes first')
  }
  expect(problems.slice(0, 2)).toEqual([])
  expect(hopeless).toBeGreaterThan(turned / 10)
  expect(both).toBeGreaterThan(turned / 100)
}, 600_000)

it('a grant that decides is one without which the decision is another, and what is lost was allowed', () => {
  const random = new Random(seed + 1)
  let deciding = 0
  for (let each = 0; each < runs(2_000, 2_000); each++) {
    const { facts, action, ref } = randomQuestion(random)
    const { grants } = explain(facts, action, ref)
    const decision = decide(facts, action, ref)
    const before = allowedIn(facts, ref)
    for (const { name, decides } of grants) {
      const without = explainWithout(facts, action, ref, name)
      if (decides) deciding++
      expect([without.isHeld, without.decision.allowed]).toEqual([
        true,
        decides ? !decision.allowed : decision.allowed,
      ])
      expect(without.lost.every((lost) => before.has(`${ref.type} ${lost}`))).toBe(true)
      expect(without.lost.includes(action)).toBe(decides && decision.allowed)
    }
  }
  expect(deciding).toBeGreaterThan(20)
}, 600_000)
