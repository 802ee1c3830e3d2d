import type { Transfer } from '../../../../shared/domain/entities/ownership-offer.ts'
import type { User } from '../../../../shared/domain/entities/user.ts'
import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import type { Item } from '../../../../shared/table/item.ts'
import { keys, keyText } from '../../../../shared/table/keys.ts'
import type { Shadow } from '../../../support/shadow.ts'
import { violations } from '../model/agreements.ts'
import { type Directory, readDirectory } from '../model/directory.ts'

type Moment = { directory: Directory; owner: User | undefined; offer: Transfer | undefined; main: unknown }

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
    return this.#before.directory.present.customer.mainCustomerId
  }

  /** What is wrong now that the event has happened; nothing is, once the customer is closed. */
  check(event: AuditEvent | undefined): string[] {
    const [before, now] = [this.#before, this.#look()]
    this.#before = now
    if (now.directory.present.customer.status === 'closed') return []
    return [...violations(now.directory), ...wrongChange(before, now, event)]
  }

  #look(): Moment {
    // What is undefined isn't stored.
    const stored = JSON.parse(JSON.stringify(this.#shadow.all())) as Item[]
    const directory = readDirectory(new Map(stored.map((item) => [keyText(item), item])), this.#c)
    if (!directory) throw new Error(`there is no customer ${this.#c}`)
    const { customer, holders } = directory.present
    const owner = holders.find(({ user }) => user.id === customer.mainCustomerId)?.user
    const main = this.#shadow.get(keys.project(this.#c, 'main'))
    return { directory, owner, offer: directory.transfer, main }
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
  const held = (moment: Moment, id?: string) =>
    moment.directory.present.holders.find(({ user }) => user.id === id)?.user
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
