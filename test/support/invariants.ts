import type { WholeCustomer } from '../../shared/directory/customers/export-lines.ts'
import { ceilingViolation, effectiveGrant } from '../../shared/domain/access/effective-grant.ts'
import { assignmentOf, membershipOf } from '../../shared/domain/access/membership.ts'
import { projectNameKey } from '../../shared/domain/entities/project.ts'
import { rolesCover } from '../../shared/domain/entities/role.ts'
import { adminSince, typeSince } from '../../shared/domain/entities/user-type.ts'
import { isMainCustomer } from '../../shared/domain/entities/user.ts'

/** One rule that holds at every moment: its number in `shared/domain/README.md`, and what of this customer breaks it. */
export type Invariant = { number: number; says: string; brokenBy: (whole: WholeCustomer) => string[] }

/** Those of the ten invariants that can be told from a customer's own state, without its past or its neighbours. */
export const invariants: readonly Invariant[] = [
  {
    number: 1,
    says: "a customer that isn't closed has exactly one main-customer and exactly one Main project",
    brokenBy: ({ customer, holders, projects }) => {
      if (customer.status === 'closed') return []
      const owners = holders.filter(({ user }) => isMainCustomer(user)).map(({ user }) => user.id)
      const mains = projects.filter(({ kind }) => kind === 'main').map(({ id }) => id)
      const isWhole = owners.join() === customer.mainCustomerId && mains.join() === 'main'
      return isWhole ? [] : [`main-customers ${owners.join()}, Main projects ${mains.join()}`]
    },
  },
  {
    number: 2,
    says: 'the main-customer is an active member of Main and, in full, of every OpenStack project',
    brokenBy: ({ holders, projects }) =>
      holders
        .filter(({ user }) => isMainCustomer(user))
        .flatMap(({ user, grants }) => {
          const left = projects.filter((project) => {
            const membership = membershipOf(user, project, grants.get(`project/${project.id}`))
            if (!membership || membership.expiresAt) return true
            return project.kind === 'openstack' && !rolesCover(membership.roles, 'compute', 'manage')
          })
          return [...left.map(({ id }) => id), ...(user.status === 'active' ? [] : [user.id])]
        }),
  },
  {
    number: 3,
    says: 'an admin is a member of every OpenStack project made since, unless removed from it since',
    brokenBy: ({ holders, projects }) =>
      holders.flatMap(({ user, grants }) => {
        const since = adminSince(user.types)
        const mine = projects.filter(
          ({ kind, createdAt }) => kind === 'openstack' && since && createdAt >= since,
        )
        return mine
          .filter(({ id }) => (grants.get(`project/${id}`)?.stamp ?? '') <= typeSince(user.types))
          .filter((project) => !membershipOf(user, project, grants.get(`project/${project.id}`)))
          .map(({ id }) => `${user.id} ${id}`)
      }),
  },
  {
    number: 4,
    says: "a grant's user and resource belong to the same customer, and it gives nothing once either is gone",
    brokenBy: ({ customer, holders, projects, servers }) =>
      holders.flatMap(({ user, grants }) => {
        const foreign = [user, ...grants.values(), ...projects, ...servers].filter(
          ({ customerId }) => customerId !== customer.id,
        )
        const gone = projects
          .filter(({ deleted }) => deleted)
          .filter((project) => membershipOf(user, project, grants.get(`project/${project.id}`)))
        const ended = servers
          .filter(({ exists }) => !exists)
          .filter((server) => assignmentOf(user, server, grants.get(`server/${server.id}`)))
        return [...foreign.map(({ customerId }) => customerId), ...[...gone, ...ended].map(({ id }) => id)]
      }),
  },
  {
    number: 5,
    says: 'an e-mail address and a login are one user’s, a project name is one project’s',
    brokenBy: ({ holders, projects }) => [
      ...repeated(holders.map(({ user }) => user.email)),
      ...repeated(holders.flatMap(({ user }) => (user.login ? [user.login.hash] : []))),
      ...repeated(projects.filter(({ deleted }) => !deleted).map(({ name }) => projectNameKey(name))),
    ],
  },
  {
    number: 6,
    says: 'nobody holds what is above the ceiling of their type',
    brokenBy: ({ holders }) =>
      holders.flatMap(({ user, grants }) =>
        [...grants.values()]
          .map((register) => effectiveGrant(user, register))
          .filter((grant) => grant !== undefined)
          .filter(({ resource, roles }) => ceilingViolation(user, resource, roles))
          .map(({ resource }) => `${user.id} ${resource.id}`),
      ),
  },
]

/** What is broken, in words; empty when all is well. */
export function brokenInvariants(whole: WholeCustomer): string[] {
  return invariants.flatMap(({ number, says, brokenBy }) =>
    brokenBy(whole).map((what) => `${number}: ${says}: ${what}`),
  )
}

function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}
