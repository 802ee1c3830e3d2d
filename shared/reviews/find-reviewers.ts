import { createFactsReader } from '../directory/facts/read-facts.ts'
import { listMembers } from '../directory/grants/list-members.ts'
import type { ResourceRef } from '../domain/access/decide.ts'
import { mainProjectOf } from '../domain/access/main-project.ts'
import type { Customer } from '../domain/entities/customer.ts'
import { isExpired } from '../domain/entities/grant.ts'
import { mainProjectId } from '../domain/entities/project.ts'
import { storedMainGrant } from '../domain/entities/user.ts'
import type { Instant } from '../domain/values/instant.ts'
import { findAdmins } from '../records/customers.ts'
import { asProject } from '../records/projects.ts'
import { asUser } from '../records/users.ts'
import { memoize } from '../runtime/concurrency.ts'
import { keys } from '../table/keys.ts'
import { allPages } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import type { ReviewItem } from './model/review-item.ts'
import type { Review } from './model/review.ts'
import { type Candidate, ownsAnyProject, isInternalUser, isConfiguredReviewer } from './model/reviewer.ts'
import { usersAmong } from './policy/review-policy.ts'

type About = Pick<ReviewItem, 'userId' | 'resource'>

/** Who decides on a review's items, as the directory says now: whoever has left is none of them any more. */
export function findReviewers(
  table: Table,
  customer: Customer,
  { policy: { reviewers, scope } }: Pick<Review, 'policy'>,
  now: Instant,
) {
  const readFacts = createFactsReader(table, customer.id, now)
  const candidates = memoize(readCandidates)
  const holders = new Map<string, Promise<string[]>>()

  /** Admins and those named by id, with what tells whether they may; whatever they hold in projects. */
  async function readCandidates(): Promise<Candidate[]> {
    const admins = reviewers.includes('admins') ? await findAdmins(table, customer.id) : undefined
    const named = [...usersAmong(reviewers), customer.mainCustomerId]
    const ids = [...new Set([...Object.keys(admins?.since ?? {}), ...named])]
    const users = await table.getMany(ids.map((id) => keys.user(customer.id, id)))
    return users
      .map(asUser)
      .filter((user) => user !== undefined)
      .map((user) => {
        const register = storedMainGrant(user)
        const grants = new Map(register ? [['project/main', register]] : [])
        return { now, customer, user, grants, main: mainProjectOf(customer), resource: undefined }
      })
  }

  /** True if this user owes or owed a decision on the item. */
  async function isAssigned(userId: string, item: About): Promise<boolean> {
    const facts = await readFacts({ userId }, refOf(item))
    const { user } = facts
    if (!user) return false
    if (isConfiguredReviewer(reviewers, { ...facts, user }, item)) return true
    return userId === customer.mainCustomerId && item.userId !== userId && !(await isNamedOther(item))
  }

  /** True if this user may be asked about anything, whatever items there are: named by id, or as who holds a whole project. */
  async function isReviewer(userId: string): Promise<boolean> {
    if (reviewers.includes(userId)) return true
    if (!reviewers.includes('project')) return false
    const { user, grants } = await readFacts({ userId }, wholeCustomer)
    return user !== undefined && ownsAnyProject({ user, grants }, scope, now)
  }

  const wholeCustomer: ResourceRef = { type: 'customer', id: customer.id }
  /** The project counts only where the policy asks who holds it. */
  const refOf = ({ resource: { kind, id } }: About): ResourceRef =>
    kind === 'project' && reviewers.includes('project') ? { type: 'project', id } : wholeCustomer

  const isNamedOther = async (item: About) =>
    (await candidates()).some((facts) => isConfiguredReviewer(reviewers, facts, item))

  /** Ids of all who may be asked about the item: the main-customer where nobody else is left. */
  async function assignedTo(item: About): Promise<string[]> {
    const named = (await candidates()).filter((facts) => isConfiguredReviewer(reviewers, facts, item))
    const ids = new Set(named.map(({ user }) => user.id))
    for (const id of await holdersOf(item)) if (id !== item.userId) ids.add(id)
    if (ids.size === 0 && item.userId !== customer.mainCustomerId) ids.add(customer.mainCustomerId)
    return [...ids]
  }

  function holdersOf({ resource: { kind, id } }: About): Promise<string[]> | string[] {
    if (!reviewers.includes('project') || kind !== 'project' || id === mainProjectId) return []
    const known = holders.get(id) ?? readHolders(id)
    holders.set(id, known)
    return known
  }

  async function readHolders(projectId: string): Promise<string[]> {
    const project = asProject(await table.get(keys.project(customer.id, projectId)))
    if (!project) return []
    const ids: string[] = []
    const members = allPages((after) => listMembers(table, customer, project, { limit: 200, after }))
    for await (const { user, membership } of members) {
      const holdsAll = membership.roles.includes('full') && !isExpired(membership, now)
      if (holdsAll && user.status === 'active' && isInternalUser(user)) ids.push(user.id)
    }
    return ids
  }

  return { isReviewer, isAssigned, assignedTo }
}

export type Reviewers = ReturnType<typeof findReviewers>
