import { DomainError } from '../domain/errors.ts'

const maxDepth = 32

/**
 * Parses JSON as I-JSON (RFC 7493) wants it: UTF-8, no name twice in an object, no lone surrogates; besides no
 * `__proto__` and at most 32 levels. Throws `invalid-request`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes)
  const value = parse(text)
  checkTokens(text)
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

/** Reads the tokens of a text that is known to be JSON, because parsing alone drops repeated names. */
function checkTokens(text: string): void {
  const names: (Set<string> | undefined)[] = []
  let isName = false
  for (const [token] of text.matchAll(/"(?:[^"\\]+|\\.)*"|[{}[\],:]/g)) {
    const open = names.at(-1)
    if (token === '{' || token === '[') {
      if (names.push(token === '{' ? new Set() : undefined) > maxDepth) {
        throw invalid(`The body is nested more than ${maxDepth} levels deep.`)
      }
      isName = token === '{'
    } else if (token === '}' || token === ']') names.pop()
    else if (token === ',') isName = true
    else if (token === ':') isName = false
    else checkString(token, isName ? open : undefined)
  }
}

function checkString(token: string, names: Set<string> | undefined): void {
  if (!names && !token.includes('\\u')) return
  const string = String(JSON.parse(token))
  if (!string.isWellFormed()) throw invalid('The body has a text that is not Unicode (a lone surrogate).')
  if (string === '__proto__' && names) throw invalid('The body has a field named __proto__.')
  if (names?.has(string)) throw invalid('The body has a field twice in one object.')
  names?.add(string)
}

function invalid(detail: string): DomainError {
  return new DomainError('invalid-request', detail)
}
