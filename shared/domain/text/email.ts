import * as v from 'valibot'
import { findHidden } from './hidden-character.ts'
import { tooManyMarks } from './text.ts'

const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domainPart = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/

/** UTF-16 units of an address as it is entered: a domain of 253 ASCII characters may be longer before conversion. */
export const longestEmail = 500

/**
 * An e-mail address in the form that is stored and compared: ASCII local part, lower-cased, domain in its ASCII form
 * (IDNA), at most 240 characters, since a Keystone name of 255 also holds the customer's identifier.
 * `undefined` if it isn't one.
 */
export function parseEmail(text: string): string | undefined {
  if (text.length > longestEmail || tooManyMarks().test(text)) return undefined
  const at = text.lastIndexOf('@')
  const written = text.slice(0, at)
  // Before lower-casing, which turns some other letters into ASCII ones: the Kelvin sign into k.
  if (at < 1 || written.length > 64 || !/^[\x21-\x7e]+$/.test(written)) return undefined
  const local = written.toLowerCase()
  if (!localPart.test(local)) return undefined
  const domain = asciiDomain(text.slice(at + 1))
  if (!domain || local.length + 1 + domain.length > 240) return undefined
  return `${local}@${domain}`
}

/**
 * URL's host parser does IDNA. Rejects beforehand whatever it would read as a port, path or address, and invisible
 * characters, which it would drop.
 */
function asciiDomain(text: string): string | undefined {
  if (findHidden(text, 'letters') !== undefined) return undefined
  if (/[\s/\\?#@:[\]%]/u.test(text) || !URL.canParse(`http://${text}/`)) return undefined
  const { hostname } = new URL(`http://${text}/`)
  return domainPart.test(hostname) ? hostname : undefined
}

export const Email = v.pipe(
  v.string('must be a string'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const email = parseEmail(dataset.value)
    if (email === undefined) {
      addIssue({ message: 'must be an e-mail address with an ASCII local part and at most 240 characters' })
      return NEVER
    }
    return email
  }),
)
