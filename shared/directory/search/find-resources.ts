import { decide, type Facts } from '../../domain/access/decide.ts'
import { mainProjectOf } from '../../domain/access/main-project.ts'
import { reachOf } from '../../domain/access/search/where-to-look.ts'
import { storedMainGrant } from '../../domain/entities/user.ts'
import { isId } from '../../domain/values/id.ts'
import type { Instant } from '../../domain/values/instant.ts'
import { asCustomer } from '../../records/customers.ts'
import { asUser } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import { fillPage, type Page, type PageRequest } from '../../table/query.ts'
import type { Reads } from '../../table/table.ts'
import { grantsOf, roundsOfCandidates, searchRounds } from './candidates.ts'
import { findUsersToAsk } from './find-users-to-ask.ts'
import { resourcesToAsk } from './resources-to-ask.ts'

type ResourceQuery = {
  customerId: string
  userId: string | undefined
  action: string
  type: string
  now: Instant
}
type Found = { id: string }

/**
 * Lists the resources of the type on which the user may do it, each as `decide` allows it on strong reads: projects and
 * servers by id, users in an order of their own. Five requests at most.
 */
export async function findResources(
  reads: Reads,
  { customerId, userId, action, type, now }: ResourceQuery,
  page: PageRequest,
): Promise<Page<Found>> {
  if (!isId(customerId) || userId === undefined || !isId(userId)) return { items: [] }
  const [customerItem, userItem] = await reads.getMany([
    keys.customer(customerId),
    keys.user(customerId, userId),
  ])
  const [customer, user] = [asCustomer(customerItem), asUser(userItem)]
  if (!customer || !user) return { items: [] }
  const grants = grantsOf(storedMainGrant(user))
  const subject = { now, customer, user, grants, main: mainProjectOf(customer), resource: undefined }
  const mayOn = (resource: Facts['resource'], id: string, more = subject.grants) =>
    decide({ ...subject, resource, grants: more }, action, { type, id }).allowed
  if (type === 'customer') {
    const isFound = page.after === undefined && mayOn(undefined, customerId)
    return { items: isFound ? [{ id: customerId }] : [] }
  }
  if (type === 'user') {
    const reach = reachOf(subject, action, type)
    return findUsersToAsk(reads, subject, reach, page, (each) => mayOn({ type, user: each }, each.id))
  }
  if (type !== 'project' && type !== 'server') return { items: [] }
  const read = resourcesToAsk(reads, subject, type, reachOf(subject, action, type))
  const nextRound = roundsOfCandidates()
  const askSome = async (part: PageRequest): Promise<Page<Found>> => {
    const { items, next } = await read(nextRound(part.limit, part.after))
    const found = items.filter(({ resource, stored, id }) =>
      mayOn(resource, id, grantsOf(grants.get('project/main'), stored)),
    )
    return { items: found.map(({ id }) => ({ id })), next }
  }
  return fillPage(page, searchRounds, askSome, ({ id }) => ({ id }))
}
