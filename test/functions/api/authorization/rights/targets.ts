import { isLong } from '../../../../support/long.ts'
import type { Caller } from './callers.ts'
import type { CustomerName } from './cast.ts'
import { changes, type Dimension, pathOf, type Row } from './rows.ts'

/** The kind of each thing that a request names. */
export type Target = { [D in Dimension]?: string }

const gone = ['foreign', 'unknown', 'malformed', 'deleted'] as const
export const isThere = (kind: string | undefined): boolean => !gone.some((each) => each === kind)

/** The first is named where it's about something else. */
const kinds: Record<Exclude<Dimension, 'c'>, readonly string[]> = {
  u: ['ordinary', 'main-customer', 'self', ...gone],
  p: ['held', 'unheld', 'main', ...gone],
  s: ['held', 'unheld', ...gone],
  r: ['known', 'foreign', 'unknown', 'malformed'],
  i: ['ordinary', 'main-customer', 'self', 'foreign', 'unknown', 'malformed'],
  source: ['known', 'unknown', 'malformed'],
  id: ['known', 'unknown', 'malformed'],
  to: ['offered', 'tech', 'foreign', 'unknown', 'malformed'],
  keep: ['none', 'held', 'unheld', 'main', 'foreign', 'unknown', 'malformed'],
  t: ['unknown', 'malformed'],
  subject: ['ordinary', 'self', 'foreign', 'unknown'],
  newId: ['free', 'taken', 'malformed'],
}

/** Where one thing is only judged if it's about a certain other. */
const pairs: Record<string, readonly Target[]> = {
  members: [{ p: 'main', u: 'main-customer' }],
  asking: ['held', 'foreign', 'unknown'].map((p) => ({ subject: 'self', p })),
}

const dimensionsOf = (row: Row): readonly Dimension[] => [
  ...[...pathOf(row).matchAll(/\{(\w+)\}/g)].map(([, name]) => name as Dimension),
  ...(row.names ?? []),
]

/** What a caller names in a row: where it may be let in, each thing of every kind, one at a time. */
export function targetsOf(row: Row, caller: Caller): Target[] {
  const dimensions = dimensionsOf(row)
  const inner = dimensions.filter((each) => each !== 'c')
  const base: Target = Object.fromEntries(inner.map((each) => [each, kinds[each][0]]))
  const varied = inner.flatMap((each) =>
    kindsOf(row, caller, each).map((kind): Target => ({ ...base, [each]: kind })),
  )
  const twice = (pairs[row.needs] ?? [])
    .filter(({ subject }) => subject !== 'self' || caller.user)
    .map((pair) => ({ ...base, ...pair }))
  const all = [base, ...varied, ...twice]
  const few = [base, ...varied.filter((each) => Object.values(each).includes('unknown'))]
  if (!dimensions.includes('c')) return all
  // A bad token is refused before anything else is looked at.
  if (caller.kind === 'bad token' && !isLong) return [{ c: 'acme', ...base }]
  const [first, ...rest] = customersFor(caller)
  const elsewhere = caller.home || (caller.kind !== 'operator' && !isLong) ? [base] : few
  return [
    ...(isLetIn(row, caller) ? all : few).map((target) => ({ c: first, ...target })),
    ...rest.flatMap((c) => elsewhere.map((target) => ({ c, ...target }))),
  ]
}

/** Elsewhere the least that is named makes all the difference there is; a long run names the rest, too. */
function isLetIn(row: Row, { kind, home, reason }: Caller): boolean {
  if (kind === 'operator') return reason !== undefined || changes(row) || isLong
  return home === 'acme' || (kind === 'check' && (row.needs === 'asking' || isLong))
}

function kindsOf(row: Row, { user }: Caller, dimension: Exclude<Dimension, 'c'>): readonly string[] {
  const [, ...others] = kinds[dimension]
  return others.filter((kind) => {
    if (kind === 'self' && !user) return false
    // Nobody needs an assignment of what is theirs by type, and what one would be is no question of rights.
    return row.needs !== 'server.assign' || (kind !== 'main-customer' && kind !== 'self')
  })
}

/** The caller's own first, or where it is most at home. Elsewhere types make no difference: two of them try it on a push. */
function customersFor({ kind, home, who }: Caller): [string, ...string[]] {
  const nowhere = ['unknown', 'malformed']
  const goesElsewhere = isLong || who === 'owner' || who === 'tech'
  if (home) return [home, ...(goesElsewhere ? [foreignTo(home), ...nowhere] : [])]
  if (kind === 'person') return ['acme', 'closed', ...nowhere]
  const isOutside = kind === 'operator' || kind === 'check'
  return ['acme', ...(isOutside ? ['other', 'suspended', 'closed'] : []), ...nowhere]
}

/** Whose ids are another customer's. */
export const foreignTo = (customer: string): CustomerName => (customer === 'acme' ? 'other' : 'acme')

export const labelOf = (target: Target): string =>
  Object.entries(target)
    .map((each) => each.join('='))
    .join(' ')
