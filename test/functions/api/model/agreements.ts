import { isDeepStrictEqual } from 'node:util'
import type { Claim } from '../../../../shared/domain/entities/claim.ts'
import type { StoredGrant } from '../../../../shared/domain/entities/grant.ts'
import { projectNameKey } from '../../../../shared/domain/entities/project.ts'
import { adminSince, typeSince } from '../../../../shared/domain/entities/user-type.ts'
import { mainGrantCopy } from '../../../../shared/domain/entities/user.ts'
import { brokenInvariants, invariants } from '../../../support/invariants.ts'
import type { Directory } from './directory.ts'

/** What goes against the invariants, and what is kept in two places and doesn't say the same. */
export function violations(directory: Directory): string[] {
  const ofGone = invariants.filter(({ number }) => number === 4)
  return [
    ...brokenInvariants(directory.present),
    ...ofGone.flatMap(({ says, brokenBy }) =>
      brokenBy(directory.everything).map((what) => `${says}: ${what}`),
    ),
    ...disagreements(directory),
  ]
}

/** What is kept in two places and has to say the same: empty, or what doesn't. */
function disagreements(directory: Directory): string[] {
  return [
    ...emailClaims(directory),
    ...nameClaims(directory),
    ...logins(directory),
    ...admins(directory),
    ...copiesOfMain(directory),
  ]
}

const unequal = (what: string, one: unknown, other: unknown) =>
  isDeepStrictEqual(one, other) ? [] : [`${what}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`]

const holding = ({ holders }: Claim) => holders.filter(({ until }) => until === undefined).map(({ id }) => id)
const byName = (entries: Iterable<[string, string[]]>) =>
  [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))

function heldNow(claims: ReadonlyMap<string, Claim>) {
  const held = [...claims].map(([name, claim]): [string, string[]] => [name, holding(claim)])
  return byName(held.filter(([, ids]) => ids.length > 0))
}

function emailClaims({ emails, present: { holders, customer } }: Directory): string[] {
  const used = holders.map(({ user }): [string, string[]] => [user.email, [user.id]])
  const wrong = [...emails].filter(([email, claim]) => {
    const [holder] = holding(claim)
    const { claimedEmail, claimedAt } = claim
    const expected = holder === undefined ? [] : [holder, email, customer.id]
    return ![claim.holder, claimedEmail, claimedAt].every((said, place) => said === expected[place])
  })
  return [
    ...unequal('addresses claimed and used', heldNow(emails), byName(used)),
    ...wrong.map(([email]) => `the claim of ${email} is indexed for somebody else`),
  ]
}

function nameClaims({ names, present: { projects } }: Directory): string[] {
  const used = projects
    .filter(({ kind }) => kind === 'openstack')
    .map(({ id, name }): [string, string[]] => [projectNameKey(name), [id]])
  return unequal('project names claimed and used', heldNow(names), byName(used))
}

function logins({ logins: links, everything: { holders } }: Directory): string[] {
  const linked = links.map(({ hash, userId }) => `${hash} ${userId}`)
  const said = holders.flatMap(({ user }) => (user.login ? [`${user.login.hash} ${user.id}`] : []))
  return unequal('logins linked and said', linked.toSorted(), said.toSorted())
}

function admins({ admins: { since, changed }, present: { holders } }: Directory): string[] {
  const said = holders.flatMap(({ user }): [string, string][] => {
    const from = adminSince(user.types)
    return from === undefined ? [] : [[user.id, from]]
  })
  const late = holders.filter(({ user }) => user.id in since && typeSince(user.types) > changed)
  return [
    ...unequal('admins listed and said', since, Object.fromEntries(said)),
    ...late.map(({ user }) => `the list of admins is older than the admin ${user.id}`),
  ]
}

function copiesOfMain({ present: { holders } }: Directory): string[] {
  return holders.flatMap(({ user, grants }) =>
    unequal(`${user.id} in Main`, user.mainGrant, copyOf(grants.get('project/main'))),
  )
}

/** As it's read: without fields that are undefined. */
const copyOf = (register: StoredGrant | undefined): unknown =>
  register && JSON.parse(JSON.stringify(mainGrantCopy(register)))
