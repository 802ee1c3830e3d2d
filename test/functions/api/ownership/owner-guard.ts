import type { WholeCustomer } from '../../../../shared/directory/customers/export-lines.ts'
import { isMainMember } from '../../../../shared/domain/access/main-project.ts'
import { holderNow } from '../../../../shared/domain/entities/claim.ts'
import type { Transfer } from '../../../../shared/domain/entities/ownership-offer.ts'
import type { User } from '../../../../shared/domain/entities/user.ts'
import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import { asClaim } from '../../../../shared/records/claims.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { keys, keyText } from '../../../../shared/table/keys.ts'
import { brokenInvariants } from '../../../support/invariants.ts'
import type { Shadow } from '../../../support/shadow.ts'
import { readDirectory } from '../model/directory.ts'

type Moment = { whole: WholeCustomer; owner: User | undefined; offer: Transfer | undefined; main: unknown }

/** Watches a customer's main-customer and Main project from commit to commit. */
export class OwnerGuard {
  readonly #shadow: Shadow
  readonly #c: string
  #before: Moment

  constructor(shadow: Shadow, c: string) {
    this.#shadow = shadow
    this.#c = c
    this.#before = this.#look()
  }

  get owner(): string {
    return this.#before.whole.customer.mainCustomerId
  }

  /** What is wrong now that the event has happened; nothing is, once the customer is closed. */
  check(event: AuditEvent | undefined): string[] {
    const [before, now] = [this.#before, this.#look()]
    this.#before = now
    if (now.whole.customer.status === 'closed') return []
    return [...brokenInvariants(now.whole), ...this.#wrongOwner(now), ...wrongChange(before, now, event)]
  }

  #look(): Moment {
    const items = new Map(this.#shadow.all().map((item) => [keyText(item), item]))
    const whole = readDirectory(items, this.#c)?.present
    if (!whole) throw new Error(`there is no customer ${this.#c}`)
    const owner = whole.holders.find(({ user }) => user.id === whole.customer.mainCustomerId)?.user
    const offer = this.#shadow.get(keys.transfer(this.#c)) as (Item & Transfer) | undefined
    return { whole, owner, offer, main: this.#shadow.get(keys.project(this.#c, 'main')) }
  }

  /** Told without the domain's own words for it. */
  #wrongOwner({ whole: { customer, holders }, owner }: Moment): string[] {
    const owners = holders.filter(({ user }) => user.types.at(-1)?.type === 'main-customer')
    const wrong =
      owners.map(({ user }) => user.id).join() === customer.mainCustomerId ? [] : ['not one owner']
    if (!owner) return [...wrong, 'the main-customer is gone']
    if (!isMainMember(customer, owner, customer.updatedAt)) wrong.push('the main-customer is not in Main')
    if (owner.status !== 'active') wrong.push('the main-customer is disabled')
    const claim = asClaim(this.#shadow.get(keys.email(this.#c, owner.email)))
    if (holderNow(claim)?.id !== owner.id) wrong.push("the main-customer's address is not its own")
    const login = owner.login && this.#shadow.get(keys.login(owner.login.hash, this.#c))
    if (owner.login && login?.userId !== owner.id) wrong.push("the main-customer's login is not its own")
    return wrong
  }
}

function wrongChange(before: Moment, now: Moment, event: AuditEvent | undefined): string[] {
  if (!before.owner || !now.owner) return []
  const by = event?.actor.kind === 'operator' ? 'operator' : (event?.actor.id ?? '')
  const wrong = before.main === now.main ? [] : ['the Main project was written']
  if (before.owner.id !== now.owner.id) return [...wrong, ...wrongTransfer(before, now, by, event)]
  if (before.owner.email !== now.owner.email && (by !== 'operator' || before.owner.login)) {
    wrong.push(`${by} changed the main-customer's address`)
  }
  const isLinking = event?.type === 'login.linked' && !before.owner.login && by === now.owner.id
  if (before.owner.login?.hash !== now.owner.login?.hash && by !== 'operator' && !isLinking) {
    wrong.push(`${by} changed the main-customer's login`)
  }
  return wrong
}

function wrongTransfer(before: Moment, now: Moment, by: string, event: AuditEvent | undefined): string[] {
  const wrong = event?.type === 'ownership.transferred' ? [] : [`${event?.type} changed the main-customer`]
  const held = (moment: Moment, id?: string) => moment.whole.holders.find(({ user }) => user.id === id)?.user
  const successor = held(before, now.owner?.id)
  if (successor?.types.at(-1)?.type !== 'customer-admin') wrong.push('the successor was no admin')
  if (successor?.status !== 'active' || !successor.login) wrong.push('the successor could not log in')
  if (held(now, before.owner?.id)?.types.at(-1)?.type !== 'customer-admin')
    wrong.push('the old one is no admin')
  if (now.offer) wrong.push('an offer outlived the transfer')
  const { offer } = before
  const wasOffered = offer?.to === now.owner?.id && offer?.offeredBy === before.owner?.id
  if (by !== 'operator' && !(by === now.owner?.id && wasOffered)) wrong.push(`${by} took the ownership`)
  if (by === 'operator' && !event?.reason) wrong.push('the ownership was forced without a reason')
  return wrong
}
