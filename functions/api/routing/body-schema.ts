import * as v from 'valibot'
import { Address, Billing, Contact } from '../../../shared/domain/entities/contact.ts'
import { Reason, Time } from '../../../shared/domain/text/text.ts'
import { mostProblems } from '../../../shared/domain/values/errors.ts'
import { listOf } from '../../../shared/domain/values/list.ts'

/** An object without other fields, which are refused by name. A list is none, not even an empty one. */
export function strictObject<T extends v.ObjectEntries>(entries: T): v.StrictObjectSchema<T, undefined> {
  const schema = v.strictObject(entries)
  return {
    ...schema,
    '~run'(dataset, config) {
      const { value } = dataset
      const result = schema['~run'](Array.isArray(value) ? { value: '[]' } : dataset, config)
      if (result.issues) nameAll(result.issues, unknownNames(value, entries).slice(1))
      return result
    },
  }
}

/** An object whose other fields are ignored. A list is none. */
export function openObject<T extends v.ObjectEntries>(entries: T): v.ObjectSchema<T, undefined> {
  const schema = v.object(entries)
  return {
    ...schema,
    '~run'(dataset, config) {
      return schema['~run'](Array.isArray(dataset.value) ? { value: '[]' } : dataset, config)
    },
  }
}

function unknownNames(value: unknown, entries: v.ObjectEntries): string[] {
  const names: string[] = []
  for (const name in Object(value)) {
    if (!Object.hasOwn(entries, name)) names.push(name)
    if (names.length === mostProblems) break
  }
  return names
}

/** valibot names the first field that isn't known, and no more. */
function nameAll(issues: v.BaseIssue<unknown>[], others: readonly string[]): void {
  const first = issues.find(({ expected, path }) => expected === 'never' && path?.length === 1)
  const place = first?.path?.[0]
  if (!first || place?.type !== 'object') return
  for (const key of others) issues.push({ ...first, path: [{ ...place, key }] })
}

/** What a PATCH sets: one of the fields at least. */
export function someOf<T extends v.ObjectEntries>(entries: T) {
  return v.pipe(strictObject(entries), v.minEntries(1, 'must have a field to change'))
}

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
