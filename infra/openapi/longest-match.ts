/** The upper bound of a quantifier. */
const quantifier = /^(?:[*+]|\{\d+,\}|\{(?:\d+,)?(\d+)\}|\?)/
const atom = /^(?:\[(?:\\.|[^\]\\])*\]|\\.|[^()|])/
const opening = /^\((?:\?:)?/

/**
 * Characters of the longest text that matches a pattern: Infinity if there is none, or if it isn't anchored at both ends.
 * Supports the syntax of this service's patterns: classes, groups, alternatives and quantifiers.
 */
export function longestMatch(pattern: string): number {
  const isWhole = pattern.startsWith('^') && pattern.endsWith('$') && !/^\^[^(]*\|/.test(pattern)
  return isWhole ? alternatives(pattern.slice(1, -1)).longest : Number.POSITIVE_INFINITY
}

type Read = { longest: number; rest: string }

function alternatives(pattern: string): Read {
  let { longest, rest } = sequence(pattern)
  while (rest.startsWith('|')) {
    const other = sequence(rest.slice(1))
    longest = Math.max(longest, other.longest)
    rest = other.rest
  }
  return { longest, rest }
}

function sequence(pattern: string): Read {
  let longest = 0
  let rest = pattern
  while (rest !== '' && !/^[|)]/.test(rest)) {
    const one = thing(rest)
    const [found, most] = quantifier.exec(one.rest) ?? ['', '1']
    const times = found === '?' ? 1 : most === undefined ? Number.POSITIVE_INFINITY : Number(most)
    if (one.longest > 0) longest += one.longest * times
    rest = one.rest.slice(found.length)
  }
  return { longest, rest }
}

function thing(pattern: string): Read {
  if (pattern.startsWith('(')) {
    const group = alternatives(pattern.replace(opening, ''))
    return { longest: group.longest, rest: group.rest.slice(1) }
  }
  const [one] = atom.exec(pattern) ?? ['']
  if (one === '') throw new Error(`it cannot be told how long ${pattern} may be`)
  return { longest: 1, rest: pattern.slice(one.length) }
}
