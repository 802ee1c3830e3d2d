import { actions, ceilings, survivesSuspension } from '../../../../oracle/vocabulary.ts'
import type { Caller } from './callers.ts'
import type { Person } from './cast.ts'
import { changes, isAsking, type Row } from './rows.ts'
import { isThere, type Target } from './targets.ts'

const forbidden = '403 forbidden'
const notFound = '404 not-found'
const locked = '409 locked'
const conflict = '409 conflict'
const invalid = '400 invalid-request'
const ok = '200'

/** The status, and the code of a denial, by `shared/domain/README.md` and `functions/api/README.md`; changes are sent as dry runs. */
export function verdict(row: Row, caller: Caller, target: Target): string {
  // None that is good: that one acts is told elsewhere.
  if (row.needs === 'a link') return notFound
  if (row.needs === 'nothing') return target.c === 'malformed' ? notFound : ok
  // To the decision point, an escape makes another path, as it does behind API Gateway.
  if (isAsking(row) && target.c === 'malformed') return notFound
  if (caller.kind === 'bad token') return '401 unauthenticated'
  if (row.needs === 'a token') return ok
  if (row.needs === 'an address') return caller.kind === 'person' && !caller.isUnverified ? ok : forbidden
  return (
    refusal(row, caller, target) ?? (changes(row) ? mishap(row, caller, target) : absence(row, target)) ?? ok
  )
}

function refusal(row: Row, caller: Caller, target: Target): string | undefined {
  if (caller.kind === 'operator') return refusalOfOperator(row, caller, target)
  if (caller.kind === 'person') return refusalOfPerson(row, caller, target)
  return caller.kind === 'check' && isAsking(row) ? undefined : forbidden
}

function refusalOfOperator(row: Row, { reason }: Caller, target: Target): string | undefined {
  if (isAsking(row)) return undefined
  if (row.needs === 'offering' || row.needs === 'accepting') return forbidden
  if (!isThere(target.c) || (row.on && !isThere(target[row.on]))) return notFound
  if (isOfReviewers(row) && !isThere(target.r)) return notFound
  if (!changes(row)) return undefined
  if (target.c === 'closed') return conflict
  return reason === undefined ? invalid : undefined
}

function refusalOfPerson(row: Row, { home, user }: Caller, target: Target): string | undefined {
  if (target.c === undefined) return forbidden
  if (target.c !== home || !user) return notFound
  if (row.needs === 'operator') return forbidden
  if (isAsking(row)) {
    return target.subject === 'self' ? undefined : without('user.read', { user, home, target: {} }, undefined)
  }
  const asked = { user, home, target }
  if (isOfReviewers(row)) return withoutReview(row, asked)
  if (actions.includes(row.needs)) return without(row.needs, asked, row.on)
  if (row.needs !== 'members') return withoutUserManage(asked) ?? ownership(row.needs, user)
  return target.p === 'main' ? withoutUserManage(asked) : without('project.manage', asked, 'p')
}

type Asked = { user: Person; home: string; target: Target }

const withoutUserManage = (asked: Asked) => without('user.manage', asked, undefined)

/** Why a user doesn't have the permission on that of the target, if so. */
function without(permission: string, { user, home, target }: Asked, on: Row['on']): string | undefined {
  if (home === 'closed' || user.becomes === 'disabled') return forbidden
  if (home === 'suspended' && !survivesSuspension(permission)) return forbidden
  if (permission === 'user.read' && target.u === 'self') return undefined
  if (!ceilings[user.type].includes(permission)) return forbidden
  const needsGrant = user.type === 'customer-tech' || user.type === 'customer-client'
  const kind = on && target[on]
  const holds =
    kind === undefined || (kind === 'main' && user.main) || (kind === 'held' && user.holds === true)
  if (permission === 'project.read') {
    if (holds) return undefined
    if (needsGrant) return notFound
  }
  if (!user.main) return forbidden
  if (needsGrant && !holds) return notFound
  return isThere(kind) ? undefined : notFound
}

const isOfReviewers = ({ needs }: Row) => needs === 'reviewing' || needs === 'deciding'

/** Of reviewers: who manages reviews, who is named, and who is an admin without Main, in the project of all items here. */
function withoutReview({ needs }: Row, asked: Asked): string | undefined {
  const { user, target } = asked
  const manages = without('review.manage', asked, undefined) === undefined
  if (asked.home !== 'acme' || user.becomes === 'disabled') return forbidden
  if (!manages && !user.asked && user.type !== 'customer-admin') return notFound
  const isOwn = target.i === 'self' || (target.i === 'main-customer' && user.type === 'main-customer')
  if (![target.r, target.i].every(isThere) || (isOwn && !user.holds)) return notFound
  if (!isOwn) return undefined
  if (needs === 'deciding') return forbidden
  return manages ? undefined : notFound
}

/** Of those who manage users: the main-customer, who is offered the ownership, and the other admins. */
function ownership(needs: string, { type, offered }: Person): string | undefined {
  const owns = type === 'main-customer'
  if (needs === 'offering') return owns ? undefined : forbidden
  if (needs === 'accepting' && owns) return forbidden
  if (!owns && !offered) return notFound
  return needs === 'withdrawing' && !owns ? forbidden : undefined
}

/** What a reading route finds missing, of what no right is about. */
function absence(row: Row, target: Target): string | undefined {
  const { c, source, id, r, i } = target
  if (isUnheld(row, target) || (row.needsGrant && !isThere(target.u))) return notFound
  const isOffered = row.needs !== 'seeing' || c !== 'closed'
  return isOffered && [source, id, r, i].every(isThere) ? undefined : notFound
}

const isUnheld = ({ needsGrant }: Row, { p, s }: Target) =>
  needsGrant === true && (p === 'unheld' || s === 'unheld')

/** What stands in the way of a change that the caller has the right to. */
function mishap(row: Row, caller: Caller, target: Target): string | undefined {
  const { u, p, s, r, i, to, keep, newId } = target
  if (row.needs === 'project.manage' && p === 'main') return locked
  if (row.needs === 'operator' && s === 'malformed') return invalid
  if (![u, r, i].every(isThere)) return notFound
  if (row.isUnderWay) return conflict
  if (row.toMainCustomer && isMainCustomer(u, caller) && !isSpared(row.toMainCustomer, caller)) return locked
  if (row.isNeedless) return conflict
  if (isUnheld(row, target)) return notFound
  if (to === 'tech' || newId === 'taken') return conflict
  const fits = [to, newId].every(isThere) && [undefined, 'none', 'held'].includes(keep)
  return fits ? absence(row, target) : invalid
}

const isMainCustomer = (u: string | undefined, { user }: Caller) =>
  u === 'main-customer' || (u === 'self' && user?.type === 'main-customer')

const isSpared = (by: readonly string[], { kind, user }: Caller) =>
  by.includes(kind) || (by.includes('itself') && user?.type === 'main-customer')
