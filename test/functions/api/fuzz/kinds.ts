import type { Random } from '../../../support/random.ts'
import { operations } from './document.ts'
import { type Desk, type Draft, draftOf, fittingParts, pickOperation } from './drafts.ts'
import { hostileBodies } from './hostile-bodies.ts'
import { hostileValues, withHostileHeader } from './hostile-headers.ts'
import { pickQuery } from './hostile-queries.ts'
import { hostileTexts } from './hostile-texts.ts'
import { pickMisfit } from './misfits.ts'
import { spellings } from './spellings.ts'

type Make = (desk: Desk) => Promise<Draft>

const withBody = operations.filter(({ body }) => body !== undefined)
const withoutBody = operations.filter(({ body }) => body === undefined)
const withId = operations.filter(({ path }) => path.includes('{'))
const withQuery = operations.filter(({ parameters }) => parameters.some((each) => each.in === 'query'))
const changing = operations.filter(({ method }) => method !== 'GET')

const fits: Make = async (desk) => draftOf(await fittingParts(desk, pickOperation(desk.random)), 'nothing')

/** One keyword of the schema that isn't kept. */
const misfit: Make = async (desk) => {
  const operation = pickOperation(desk.random, withBody)
  const parts = await fittingParts(desk, operation)
  const wrong = pickMisfit(desk.random, operation.body ?? '', parts.body)
  if (!wrong) return draftOf(parts, 'nothing')
  const what = `${wrong.keyword} at ${wrong.at || 'the whole'}`
  // Of several questions each is told in its place what is wrong with it.
  const isToldInPlace = wrong.at.startsWith('/evaluations/')
  return draftOf({ ...parts, body: wrong.value }, what, { isMisfit: !isToldInPlace })
}

const hostileBody: Make = async (desk) => {
  const { random } = desk
  const parts = await fittingParts(desk, pickOperation(random, random.chance(0.9) ? withBody : changing))
  const [what, make] = random.pick(hostileBodies)
  const made = make(Object(parts.body ?? {}), random)
  return draftOf(parts, `the body: ${what}`, { body: typeof made === 'string' ? Buffer.from(made) : made })
}

/** Each path in each spelling, in turn. */
const spelled: Make = async (desk) => {
  const { random } = desk
  const [name, path] = desk.spellings.next().value
  const parts = await fittingParts(desk, random.pick(operations.filter((each) => each.path === path)))
  const target = spellings[name]?.(parts.path, random) ?? ''
  return draftOf(parts, `the path: ${name}`, { target })
}

const paths = [...new Set(operations.map(({ path }) => path))]
const names = Object.keys(spellings)

/** One spelling of each path, then another one of each, until all were there. */
export function* spellingsInTurn(random: Random): Desk['spellings'] {
  while (true) {
    const ofEach = random.shuffled(paths).map((path) => ({ path, left: random.shuffled(names) }))
    for (const place of names.keys()) {
      for (const { path, left } of ofEach) yield [left[place] ?? '', path]
    }
  }
}

const shortIds = hostileTexts.filter((text) => text.length < 200)
/** Too long for a key, and short enough for a URL. */
const longIds = hostileTexts.filter((text) => text.length > 1000 && text.length < 3000)

/** A hostile text where an id is expected. */
const hostileId: Make = async (desk) => {
  const { random } = desk
  const parts = await fittingParts(desk, pickOperation(random, withId))
  const segments = parts.path.split('/')
  const places = parts.operation.path
    .split('/')
    .flatMap((each, place) => (each.startsWith('{') ? [place] : []))
  const text = random.pick(random.chance(0.5) ? longIds : shortIds).toWellFormed()
  const place = random.pick(random.chance(0.5) ? places : places.slice(-1))
  const target = segments.with(place, encodeURIComponent(text)).join('/')
  return draftOf(parts, 'an id', { target })
}

const query: Make = async (desk) => {
  const { random } = desk
  const parts = await fittingParts(desk, pickOperation(random, random.chance(0.7) ? withQuery : operations))
  return draftOf(parts, 'the query', { target: `${parts.path}?${pickQuery(random)}` })
}

const header: Make = async (desk) => {
  const { random } = desk
  const parts = await fittingParts(desk, pickOperation(random, random.chance(0.7) ? changing : operations))
  const { what, headers } = withHostileHeader(random, parts.headers)
  return draftOf(parts, `the header: ${what}`, { headers })
}

const contentType: Make = async (desk) => {
  const { random } = desk
  const parts = await fittingParts(desk, pickOperation(random, withBody))
  const others = parts.headers.filter(([name]) => name !== 'content-type')
  const type = random.pick(hostileValues['content-type'] ?? [])
  return draftOf(parts, 'the content type', { headers: [...others, ['content-type', type]] })
}

/** Where there should be none. */
const uselessBody: Make = async (desk) => {
  const { random } = desk
  const parts = await fittingParts(desk, pickOperation(random, withoutBody))
  const [what, make] = random.chance(0.4) ? (['{}', () => '{}'] as const) : random.pick(hostileBodies)
  const made = make({}, random)
  const method = parts.operation.method === 'GET' && random.chance(0.2) ? { method: 'HEAD' } : {}
  const body = typeof made === 'string' ? Buffer.from(made) : made
  return draftOf(parts, `a body: ${what}`, { body, ...method })
}

const methods =
  'HEAD OPTIONS TRACE TRACK CONNECT PUT POST PATCH DELETE GET get post Delete QUERY PROPFIND LINK M-SEARCH PURGE FOO G\u0000T ALL *'.split(
    ' ',
  )

const method: Make = async (desk) => {
  const parts = await fittingParts(desk, pickOperation(desk.random))
  const other = desk.random.pick(methods)
  return draftOf(parts, `the method: ${other}`, { method: other })
}

/** How often there is one of each. */
const weights: [number, Make][] = [
  [20, fits],
  [15, misfit],
  [13, hostileBody],
  [23, spelled],
  [7, hostileId],
  [6, query],
  [8, header],
  [2, contentType],
  [3, method],
  [3, uselessBody],
]
const deck = weights.flatMap(([count, make]) => Array.from({ length: count }, () => make))

export const anyDraft: Make = (desk) => desk.random.pick(deck)(desk)

/** For what is done to its bytes on the way. */
export const draftWithBody: Make = async (desk) =>
  draftOf(await fittingParts(desk, pickOperation(desk.random, withBody)), 'nothing')
