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
import { type Candidate, isConfiguredReviewer, isInternalUser, ownsAnyProject } from './model/reviewer.ts'
import { usersAmong } from './policy/review-policy.ts'

type About = Pick<ReviewItem, 'userId' | 'resource'>
type Scene = { table: Table; customer: Customer; now: Instant }

/**
 * Reviewers of a review's items by its policy, as the directory is now: deleted users are none any more. `review.manage`,
 * which allows deciding on any item, isn't looked at here.
 */
export function createReviewerLookup(
  table: Table,
  customer: Customer,
  { policy: { reviewers, scope } }: Pick<Review, 'policy'>,
  now: Instant,
) {
  const scene = { table, customer, now }
  const readFacts = createFactsReader(table, customer.id, now)
  const candidates = memoize(() => readCandidates(scene, reviewers))
  const owners = new Map<string, Promise<string[]>>()

  const wholeCustomer: ResourceRef = { type: 'customer', id: customer.id }
  /** The project is read only if the policy asks its owners. */
  const refOf = ({ resource: { kind, id } }: About): ResourceRef =>
    kind === 'project' && reviewers.includes('project') ? { type: 'project', id } : wholeCustomer

  /** True if this user may be a reviewer of some item: named by id, or as the owner of a project in the scope. */
  async function canReview(userId: string): Promise<boolean> {
    if (reviewers.includes(userId)) return true
    if (!reviewers.includes('project')) return false
    const { user, grants } = await readFacts({ userId }, wholeCustomer)
    return user !== undefined && ownsAnyProject({ user, grants }, scope, now)
  }

  const configuredFor = async (item: About) =>
    (await candidates()).filter((facts) => isConfiguredReviewer(reviewers, facts, item))

  /** True if this user is a reviewer of the item: the main-customer where the policy's reviewers have no other. */
  async function canDecide(userId: string, item: About): Promise<boolean> {
    const facts = await readFacts({ userId }, refOf(item))
    const { user } = facts
    if (!user) return false
    if (isConfiguredReviewer(reviewers, { ...facts, user }, item)) return true
    const isFallback = userId === customer.mainCustomerId && item.userId !== userId
    return isFallback && (await configuredFor(item)).length === 0
  }

  /** Ids of all reviewers of the item. */
  async function reviewersOf(item: About): Promise<string[]> {
    const ids = new Set((await configuredFor(item)).map(({ user }) => user.id))
    for (const id of await ownersOf(item)) if (id !== item.userId) ids.add(id)
    if (ids.size === 0 && item.userId !== customer.mainCustomerId) ids.add(customer.mainCustomerId)
    return [...ids]
  }

  function ownersOf({ resource: { kind, id } }: About): Promise<string[]> | string[] {
    if (!reviewers.includes('project') || kind !== 'project' || id === mainProjectId) return []
    const known = owners.get(id) ?? readOwners(scene, id)
    owners.set(id, known)
    return known
  }

  return { canReview, canDecide, reviewersOf }
}

export type ReviewerLookup = ReturnType<typeof createReviewerLookup>

/** Reads the admins, if the policy names them, the users named by id and the main-customer, without grants in projects. */
async function readCandidates(
  { table, customer, now }: Scene,
  reviewers: readonly string[],
): Promise<Candidate[]> {
  const admins = reviewers.includes('admins') ? await findAdmins(table, customer.id) : undefined
  const named = [...usersAmong(reviewers), customer.mainCustomerId]
  const ids = [...new Set([...Object.keys(admins?.since ?? {}), ...named])]
  const users = await table.getMany(ids.map((id) => keys.user(customer.id, id)))
  return users
    .map(asUser)
    .filter((user) => user !== undefined)
    .map((user) => {
      const mainGrant = storedMainGrant(user)
      const grants = new Map(mainGrant ? [['project/main', mainGrant]] : [])
      return { now, customer, user, grants, main: mainProjectOf(customer), resource: undefined }
    })
}

/** Ids of the active internal users with `full` in the project. */
async function readOwners({ table, customer, now }: Scene, projectId: string): Promise<string[]> {
  const project = asProject(await table.get(keys.project(customer.id, projectId)))
  if (!project) return []
  const ids: string[] = []
  const members = allPages((after) => listMembers(table, customer, project, { limit: 200, after }))
  for await (const { user, membership } of members) {
    const isOwner = membership.roles.includes('full') && !isExpired(membership, now)
    if (isOwner && user.status === 'active' && isInternalUser(user)) ids.push(user.id)
  }
  return ids
}
