import type { Answer } from '../../world.ts'
import type { Caller } from './callers.ts'
import { isCustomer } from './ids.ts'
import type { Ids } from './rows.ts'
import { labelOf, type Target } from './targets.ts'

export type Asked = { target: Target; ids: Ids; answer: Answer }

/** What tells another customer's id from one that is unknown, a line each. */
export function differences(caller: Caller, asked: readonly Asked[]): string[] {
  const byLabel = new Map(asked.map((each) => [labelOf(each.target), each]))
  return asked.flatMap((each) => {
    const twin = unknownTwin(caller, each.target)
    const other = twin && byLabel.get(labelOf(twin))
    if (!other) return []
    const [there, nowhere] = [shown(each), shown(other)]
    return there === nowhere ? [] : [`${labelOf(each.target)}: ${there}\n  ${labelOf(twin)}: ${nowhere}`]
  })
}

/** The same but that what is another customer's isn't anybody's. */
function unknownTwin({ kind, home }: Caller, target: Target): Target | undefined {
  const foreign = Object.entries(target).find(([, each]) => each === 'foreign')
  if (foreign) return { ...target, [foreign[0]]: 'unknown' }
  const seesAll = kind === 'operator' || kind === 'check'
  return isCustomer(target.c) && target.c !== home && !seesAll ? { ...target, c: 'unknown' } : undefined
}

function shown({ ids, answer: { status, headers, text } }: Asked): string {
  const told = JSON.stringify({ status, headers: Object.fromEntries(headers), text })
  return Object.entries(ids).reduce(
    (all, [name, id]) => (id === undefined ? all : all.replaceAll(id, `{${name}}`)),
    told,
  )
}
