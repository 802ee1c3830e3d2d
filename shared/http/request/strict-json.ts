import { DomainError } from '../../domain/values/errors.ts'

const maxDepth = 32
/** No schema has as many; the cost of making an object of them grows faster than their number. */
const maxFields = 2000

/**
 * Parses JSON as I-JSON (RFC 7493) requires: UTF-8, no name twice in an object, no lone surrogates; besides no
 * `__proto__`, at most 32 levels, and at most 2,000 fields in an object. Throws `invalid-request`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  const misuse = findMisuse(text)
  // Before parsing, which would create all the levels and fields first.
  if (misuse === 'nested' || misuse === 'fields') throw invalid(misuses[misuse])
  const value = parse(text)
  if (misuse) throw invalid(misuses[misuse])
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid('The body is not UTF-8.')
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('The body is not JSON.')
  }
}

const misuses = {
  nested: `The body is nested more than ${maxDepth} levels deep.`,
  fields: `The body has an object of more than ${maxFields} fields.`,
  surrogate: 'The body has a text that is not Unicode (a lone surrogate).',
  proto: 'The body has a field named __proto__.',
  repeated: 'The body has a field twice in one object.',
}
type Misuse = keyof typeof misuses

/** Names of an object so far, null before the first one, undefined for a list. */
type Names = Set<string> | null | undefined

/**
 * Finds the first misuse in a JSON text; the result for any other text has no meaning. Parsing alone would drop repeated
 * names. Reads the text once and allocates as little as possible.
 */
function findMisuse(text: string): Misuse | undefined {
  const open: Names[] = []
  let isName = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      const names = isName ? open.at(-1) : undefined
      const string = stringAt(text, at, end, names !== undefined)
      const misuse = string === undefined ? undefined : misuseOf(string, names)
      if (misuse) return misuse
      if (names === null && string !== undefined) open[open.length - 1] = new Set([string])
      at = end
    } else if (character === '{' || character === '[') {
      isName = character === '{'
      if (open.push(isName ? null : undefined) > maxDepth) return 'nested'
    } else if (character === '}' || character === ']') open.pop()
    else if (character === ',') isName = true
    else if (character === ':') isName = false
  }
  return undefined
}

/** Index of a string's end: the first quotation mark after an even number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text[before] === '\\') before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

/** Returns the string if it has to be checked, as names and strings with escaped surrogates have. */
function stringAt(text: string, start: number, end: number, isName: boolean): string | undefined {
  const token = text.slice(start, end + 1)
  if (!token.includes('\\')) return isName ? token.slice(1, -1) : undefined
  if (!isName && !token.includes('\\u')) return undefined
  try {
    return String(JSON.parse(token))
  } catch {
    return undefined
  }
}

function misuseOf(string: string, names: Names): Misuse | undefined {
  if (!string.isWellFormed()) return 'surrogate'
  if (names === undefined) return undefined
  if (string === '__proto__') return 'proto'
  if (names?.has(string)) return 'repeated'
  names?.add(string)
  return names && names.size > maxFields ? 'fields' : undefined
}

function invalid(detail: string): DomainError {
  return new DomainError('invalid-request', detail)
}
