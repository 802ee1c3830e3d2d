import * as v from 'valibot'
import { Address, Billing, Contact } from '../../shared/domain/contact.ts'
import { listOf } from '../../shared/domain/list.ts'
import { Reason, Time } from '../../shared/domain/text.ts'
import { strictObject } from './strict-object.ts'

const address = v.optional(strictObject(Address.entries))

export const ContactBody = strictObject({ ...Contact.entries, address })
export const BillingBody = strictObject({ ...Billing.entries, address })

/** Part of a key: what can't be one never gets there. */
const id = (name: string) =>
  v.pipe(v.string('must be a string'), v.regex(/^[A-Za-z0-9._-]{1,128}$/, `must be the id of a ${name}`))

export const UserId = id('user')
export const ProjectIds = v.pipe(
  listOf(id('project'), 40),
  v.check((list) => new Set(list).size === list.length, 'must not name the same twice'),
)

/** What goes with any grant. */
export const terms = { expiresAt: v.optional(Time), reason: v.optional(Reason) }
