import * as v from 'valibot'
import { isId } from '../../shared/domain/id.ts'
import { dateOf, parseInstant } from '../../shared/domain/instant.ts'
import type { Sighting } from '../../shared/domain/seen.ts'
import { seenMessage } from '../../shared/domain/seen.ts'
import type { Day, Use } from '../../shared/domain/use.ts'
import { dayOf } from '../../shared/domain/use.ts'
import { parseUse, usedMessage } from '../../shared/domain/use-line.ts'

/** What a line reports: a use on that day, or a sighting. */
export type Report = { use: Use; day: Day } | { sighting: Sighting }

/** Characters of a line of ours, at most: three ids of 128 and what is around them. */
const longestLine = 1000

const common = { time: v.string(), customerId: v.string() }
const Line = v.variant('message', [
  v.object({ ...common, message: v.literal(usedMessage), use: v.string() }),
  v.object({ ...common, message: v.literal(seenMessage), userId: v.string() }),
])

/** What a line of the API's log reports; `undefined` if that is neither. */
export function parseLine(text: unknown): Report | undefined {
  if (typeof text !== 'string' || text.length > longestLine) return undefined
  const line = v.safeParse(Line, fromJson(text))
  if (!line.success) return undefined
  const { time, customerId } = line.output
  const at = parseInstant(time)
  if (at === undefined) return undefined
  if (line.output.message === seenMessage) {
    const { userId } = line.output
    return isId(customerId) && isId(userId) ? { sighting: { customerId, userId, at } } : undefined
  }
  const use = parseUse(customerId, line.output.use)
  return use && { use, day: dayOf(dateOf(at)) }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
