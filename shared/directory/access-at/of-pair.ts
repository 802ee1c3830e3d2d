import type { ResourceRef } from '../../domain/access/decide.ts'
import { mapConcurrent } from '../../runtime/concurrency.ts'
import { type AccessAt, accessAt, type RightAt } from './access-at.ts'
import { resourceKey, subjectKeys } from './directory-at.ts'
import { findGivingEvent } from './find-event.ts'
import type { Given } from './given-by.ts'
import { type AccessQuestion, readDirectory } from './question.ts'

/** The access of one user to one resource, with the audit events that gave it. `unread`: there is more to read first. */
export async function accessOfPair(
  question: AccessQuestion,
  userId: string,
  ref: ResourceRef,
): Promise<AccessAt | 'unread' | undefined> {
  const { table, customer } = question
  const own = resourceKey(customer.id, ref)
  const wanted = [...subjectKeys(customer.id, userId, ref), ...(own ? [own] : [])]
  const directory = await readDirectory(question, async () => table.getMany(wanted))
  if (!directory) return 'unread'
  const found = accessAt(directory, userId, ref)
  return found && { ...found, rights: await withEvents(question, found.rights) }
}

/** Rights come from two grants at most, or a grant and the type. */
async function withEvents(
  { table, customer }: AccessQuestion,
  rights: readonly RightAt[],
): Promise<RightAt[]> {
  const given = new Map(rights.flatMap((right) => (right.given ? [[keyOf(right.given), right.given]] : [])))
  const events = await mapConcurrent([...given], 2, async ([key, each]) => {
    const event = await findGivingEvent(table, customer.id, each)
    return [key, event] as const
  })
  const known = new Map(events)
  return rights.map((right) => ({ ...right, event: right.given && known.get(keyOf(right.given)) }))
}

const keyOf = ({ name, at }: Given) => `${name} ${at}`
