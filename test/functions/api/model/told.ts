import { isDeepStrictEqual } from 'node:util'
import type { AuditEvent } from '../../../../shared/domain/values/audit-event.ts'
import type { Item } from '../../../../shared/table/item.ts'
import type { Key } from '../../../../shared/table/keys.ts'
import type { Difference } from './contents.ts'

/** The resource that an audit event names for an item; undefined for what is no resource of its own. */
function resourceOf({ pk, sk }: Key): string | undefined {
  const [, customerId, part, userId] = pk.split('#')
  if (pk.startsWith('L#')) return `login:${pk.slice(2)}`
  if (!pk.startsWith('C#')) return undefined
  if (sk === 'USER') return `user:${userId}`
  const [kind, what, id, last] = sk.split('#')
  if (part === 'R') return kind === 'ITEM' ? `review:${userId}/${what}.${id}.${last}` : undefined
  if (kind === 'REVIEW') return `review:${what}`
  if (sk === 'REVIEW-SCHEDULE') return `policy:${customerId}`
  if (kind === 'GRANT') return `${what === 'project' ? 'membership' : 'assignment'}:${id}/${userId}`
  if (kind === 'PROJECT' || kind === 'SERVER') return `${kind.toLowerCase()}:${what}`
  return sk === 'CUSTOMER' || sk === 'TRANSFER' ? `${sk.toLowerCase()}:${customerId}` : undefined
}

/** What the new events leave out or make up, given everything that has changed with them. */
export function untold(differences: readonly Difference[], events: readonly AuditEvent[]): string[] {
  const told = Map.groupBy(
    events.flatMap(({ changes }) => changes),
    ({ resource: { type, id } }) => `${type}:${id}`,
  )
  const wrong = differences.flatMap((difference) => {
    const name = resourceOf(difference.key)
    const versions = (told.get(name ?? '') ?? []).map(({ version = 0 }) => version)
    told.delete(name ?? '')
    return name === undefined || isTold(difference, versions) ? [] : [wordsFor(name, difference, versions)]
  })
  return [...wrong, ...[...told.keys()].map((name) => `${name} was told and has not changed`)]
}

/** Each write raises the version by one, and so does a removal, the last. */
function isTold(difference: Difference, versions: readonly number[]): boolean {
  const { before, after } = difference
  const from = (before?.version ?? 0) + 1
  // What is gone leaves nothing to count by: it may have been changed before, and even have come after.
  const count = after ? after.version - from + 1 : Math.max(before ? 1 : 0, versions.length)
  const expected = Array.from({ length: count }, (_, step) => from + step)
  const left = expected.filter((version) => !versions.includes(version))
  return versions.every((version) => expected.includes(version)) && left.length <= silentWrites(difference)
}

/** Copies, and what only the clean-up goes by. */
const silent = new Set(['version', 'inMain', 'cleanupSince', 'dueKind', 'dueAt', 'ttl'])

/** How many of the writes changed nothing that an event would tell. */
function silentWrites({ key, before, after }: Difference): number {
  // A calendar follows its reviews and the clock.
  if (key.sk === 'REVIEW-SCHEDULE') return Number.POSITIVE_INFINITY
  // The event of a review's opening tells how many items there are.
  if (key.sk.startsWith('ITEM#')) return before ? 0 : 1
  if (!before || !after) return 0
  const isCopied = !isDeepStrictEqual(before.mainGrant, after.mainGrant)
  return isCopied || isDeepStrictEqual(loud(before), loud(after)) ? 1 : 0
}

const loud = (item: Item) => Object.fromEntries(Object.entries(item).filter(([name]) => !silent.has(name)))

function wordsFor(name: string, { before, after }: Difference, versions: readonly number[]): string {
  const [from, to] = [before, after].map((item) => item?.version ?? 'none')
  return `${name} changed from version ${from} to ${to}, and the events tell ${versions.join() || 'nothing'}`
}
