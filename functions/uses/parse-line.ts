import * as v from 'valibot'
import { dateOf, parseInstant } from '../../shared/domain/instant.ts'
import type { Day, Use } from '../../shared/domain/use.ts'
import { dayOf } from '../../shared/domain/use.ts'
import { parseUse, usedMessage } from '../../shared/domain/use-line.ts'

export type ToldUse = { use: Use; day: Day }

/** Characters of a line that tells of a use, at most: three ids of 128 and what is around them. */
const longestLine = 1000

const Line = v.object({
  time: v.string(),
  message: v.literal(usedMessage),
  customerId: v.string(),
  use: v.string(),
})

/** What a line of the API's log tells of; `undefined` if that is no use. */
export function parseLine(text: string): ToldUse | undefined {
  const line = text.length > longestLine ? undefined : v.safeParse(Line, fromJson(text))
  if (!line?.success) return undefined
  const { time, customerId, use: told } = line.output
  const use = parseUse(customerId, told)
  const at = parseInstant(time)
  return use && at !== undefined ? { use, day: dayOf(dateOf(at)) } : undefined
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
