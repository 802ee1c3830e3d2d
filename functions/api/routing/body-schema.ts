import * as v from 'valibot'
import { Address, Billing, Contact } from '../../../shared/domain/entities/contact.ts'
import { Reason, Time } from '../../../shared/domain/text/text.ts'
import { listOf } from '../../../shared/domain/values/list.ts'

/** An object without other fields: `validate` names all that are unknown. */
export const strictObject = <T extends v.ObjectEntries>(entries: T) => v.strictObject(entries)

/** Body of a PATCH: at least one of the fields. */
export function someOf<T extends v.ObjectEntries>(entries: T) {
  return v.pipe(strictObject(entries), v.minEntries(1, 'must have a field to change'))
}

const address = v.optional(strictObject(Address.entries))

export const ContactBody = strictObject({ ...Contact.entries, address })
export const BillingBody = strictObject({ ...Billing.entries, address })

/** Part of a key: no other text gets into one. */
const id = (name: string) =>
  v.pipe(v.string('must be a string'), v.regex(/^[A-Za-z0-9._-]{1,128}$/, `must be the id of a ${name}`))

export const UserId = id('user')
export const ProjectIds = v.pipe(
  listOf(id('project'), 40),
  v.check((list) => new Set(list).size === list.length, 'must not name the same twice'),
)

/** Fields of every grant. */
export const terms = { expiresAt: v.optional(Time), reason: v.optional(Reason) }
