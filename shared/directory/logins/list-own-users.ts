import { mainProjectOf } from '../../domain/access/main-project.ts'
import { asCustomer } from '../../records/customers.ts'
import { listCustomersClaiming, listLogins } from '../../records/logins.ts'
import { asUser, findUserWithGrants } from '../../records/users.ts'
import { keys } from '../../table/keys.ts'
import type { Page, Position } from '../../table/query.ts'
import type { Caller } from '../facts/list-readable.ts'
import { type HeldGrant, listGrants } from '../grants/list-user-grants.ts'
import { identify, tryToLink, type LoginContext } from './identify.ts'
import { type LoginClaims, loginHash } from './find-login.ts'

/** A user of a login, with the first of its grants. */
export type OwnUser = { facts: Caller; grants: Page<HeldGrant> }

/** A customer at which a login has a user, or may get one by an invitation. */
type Place = { customerId: string; userId: string; linked: boolean }

/** An API call has ten requests; four are made in any case, and these are left for the places. */
const requestsLeft = 6
const requestsFor = ({ linked }: Place) => (linked ? 2 : 3)
const grantsOfAll = 100

/**
 * Lists the users of a login by customer, and links those that invited it by its verified e-mail address. A page has
 * three at most. `after.customer` is the last customer of the page before.
 */
export async function listOwnUsers(
  loginContext: LoginContext,
  login: LoginClaims,
  { limit, after }: { limit: number; after?: Position | undefined },
): Promise<Page<OwnUser>> {
  const last = after?.customer ?? ''
  const places = (await findPlaces(loginContext, login)).filter(({ customerId }) => customerId > last)
  const shown = affordable(places).slice(0, limit)
  const grantLimit = Math.floor(grantsOfAll / shown.length)
  const found = await Promise.all(shown.map((place) => readPlace(loginContext, login, place, grantLimit)))
  const end = shown.length < places.length ? shown.at(-1) : undefined
  return {
    items: found.filter((own) => own !== undefined),
    next: end && { customer: end.customerId },
  }
}

async function findPlaces({ table }: LoginContext, login: LoginClaims): Promise<Place[]> {
  const { email, emailVerified } = login
  const [links, claims] = await Promise.all([
    listLogins(table, loginHash(login)),
    email !== undefined && emailVerified ? listCustomersClaiming(table, email) : [],
  ])
  const linked = new Set(links.map(({ customerId }) => customerId))
  return [
    ...links.map(({ customerId, userId }) => ({ customerId, userId, linked: true })),
    ...claims
      .filter(({ customerId }) => !linked.has(customerId))
      .map((claim) => ({ ...claim, linked: false })),
  ].sort((a, b) => (a.customerId < b.customerId ? -1 : 1))
}

function affordable(places: Place[]): Place[] {
  let left = requestsLeft
  const end = places.findIndex((place) => {
    left -= requestsFor(place)
    return left < 0
  })
  return end < 0 ? places : places.slice(0, end)
}

async function readPlace(
  loginContext: LoginContext,
  login: LoginClaims,
  place: Place,
  grantLimit: number,
): Promise<OwnUser | undefined> {
  const { table, now } = loginContext
  const { customerId } = place
  const [item, userId] = await Promise.all([
    table.get(keys.customer(customerId)),
    place.linked ? place.userId : acceptInvitation(loginContext, login, place),
  ])
  const customer = asCustomer(item)
  if (!customer || userId === undefined) return undefined
  const { user, grants } = await findUserWithGrants(table, customerId, userId)
  if (!user || user.deleted) return undefined
  return {
    facts: { now, customer, user, grants, main: mainProjectOf(customer), resource: undefined },
    grants: await listGrants(table, customer, { user, grants }, { limit: grantLimit }),
  }
}

async function acceptInvitation(
  loginContext: LoginContext,
  login: LoginClaims,
  { customerId, userId }: Place,
) {
  const [item, ofCustomer] = await loginContext.table.getMany([
    keys.user(customerId, userId),
    keys.customer(customerId),
  ])
  const user = asCustomer(ofCustomer)?.status === 'closed' ? undefined : asUser(item)
  const outcome = user && (await tryToLink(loginContext, user, login))
  if (outcome === 'conflict') return identify(loginContext, customerId, login)
  return outcome && userId
}
