import type { Random } from '../../../support/random.ts'

type Spell = (path: string, random: Random) => string

const encoded = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('')
/** What `spell` makes of one segment that isn't empty. */
const ofSegment =
  (spell: (segment: string) => string): Spell =>
  (path, random) => {
    const segments = path.split('/')
    const place = 1 + random.below(segments.length - 1)
    return segments.with(place, spell(segments[place] ?? '')).join('/')
  }
/** With something in the place of one of the slashes. */
const ofSlash =
  (instead: string): Spell =>
  (path, random) => {
    const segments = path.split('/')
    const place = 1 + random.below(segments.length - 1)
    return `${segments.slice(0, place).join('/')}${instead}${segments.slice(place).join('/')}`
  }

/** Ways to write a path that are not, or not quite, the path; some are no path at all. */
export const spellings: Record<string, Spell> = {
  'a slash at its end': (path) => `${path}/`,
  'a double slash': ofSlash('//'),
  'a double slash at its beginning': (path) => `/${path}`,
  'a segment percent-encoded': ofSegment(encoded),
  'all percent-encoded': (path) => `/${encoded(path.slice(1))}`,
  'percent-encoded twice': ofSegment((segment) => encoded(segment).replaceAll('%', '%25')),
  'a slash percent-encoded': ofSlash('%2f'),
  'a slash percent-encoded twice': ofSlash('%252F'),
  NUL: ofSegment((segment) => `${segment}%00`),
  'a line break': ofSegment((segment) => `${segment}%0d%0aX-Injected:%20yes`),
  'two dots': ofSlash('/../'),
  'two dots after another segment': ofSlash('/x/../'),
  'two dots percent-encoded': ofSlash('/%2e%2e/'),
  'two dots and a semicolon': ofSlash('/..;/'),
  'one dot': ofSlash('/./'),
  'upper case': (path) => path.toUpperCase(),
  'a segment in upper case': ofSegment((segment) => segment.toUpperCase()),
  'a segment in lower case': ofSegment((segment) => segment.toLowerCase()),
  'a matrix parameter': ofSegment((segment) => `${segment};x=y`),
  'a backslash': ofSlash('\\'),
  'a backslash percent-encoded': ofSlash('%5c'),
  'an overlong slash': ofSlash('%c0%af'),
  'an overlong dot': ofSlash('/%c0%ae%c0%ae/'),
  'bad UTF-8': ofSegment((segment) => `${segment}%ff%fe`),
  'a surrogate in UTF-8': ofSegment((segment) => `${segment}%ed%a0%80`),
  'half an escape': ofSegment((segment) => `${segment}%`),
  'an escape that is none': ofSegment((segment) => `${segment}%zz`),
  'full-width letters': ofSegment((segment) => segment.replaceAll(/[a-z]/g, fullWidth)),
  'a letter with an accent': ofSegment((segment) => `${segment}%C3%A9`),
  'an accent that is combined': ofSegment((segment) => `${segment}e%CC%81`),
  'no letter that is seen': ofSegment((segment) => `${segment}%E2%80%8B`),
  'a space': ofSegment((segment) => `${segment}%20`),
  'a dot at the end of a segment': ofSegment((segment) => `${segment}.`),
  'a suffix': (path) => `${path}.json`,
  'a fragment': (path) => `${path}#fragment`,
  'an encoded fragment': ofSegment((segment) => `${segment}%23x`),
  'an encoded question mark': ofSegment((segment) => `${segment}%3fdryRun=true`),
  'a question mark': (path) => `${path}?`,
  'two question marks': (path) => `${path}??x`,
  'a segment less': ofSegment(() => ''),
  'a segment twice': ofSegment((segment) => `${segment}/${segment}`),
  'a long segment': ofSegment((segment) => `${segment}${'x'.repeat(5000)}`),
  'many segments': (path) => `${path}${'/x'.repeat(2000)}`,
  'a brace': ofSegment((segment) => `{${segment}}`),
  'a colon': ofSegment((segment) => `:${segment}`),
  'an asterisk': ofSegment(() => '*'),
  __proto__: ofSegment(() => '__proto__'),
  constructor: ofSegment(() => 'constructor'),
}

function fullWidth(letter: string): string {
  return encodeURIComponent(String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0))
}
