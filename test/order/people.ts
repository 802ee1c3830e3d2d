import type { Context, ChangePlan } from '../../shared/directory/change/change-plan.ts'
import { createUser } from '../../shared/directory/users/create-user.ts'
import { updateUser } from '../../shared/directory/users/update-user.ts'
import { holderNow } from '../../shared/domain/entities/claim.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { parseInstant, stampOf } from '../../shared/domain/values/instant.ts'
import { asClaim } from '../../shared/records/claims.ts'
import { commit } from '../../shared/records/commit.ts'
import { asUser } from '../../shared/records/users.ts'
import { keys } from '../../shared/table/keys.ts'
import type { Table } from '../../shared/table/table.ts'
import { Random } from '../support/random.ts'
import type { TimedEvent } from '../support/timeline.ts'

const halfMinute = 30_000
const emails = ['ann', 'bob', 'cat', 'dan'].map((name) => `${name}@x.example`)

export const isByPerson = ({ type }: TimedEvent) => type.startsWith('person.')

/** The history with changes by people between its events: they change addresses and give them to other users. */
export function withPeople(history: readonly TimedEvent[], seed: number): TimedEvent[] {
  const random = new Random(seed)
  return history.flatMap((event, place) => {
    if (place < 4 || !random.chance(0.2)) return [event]
    const [user, email] = [random.pick(emails), random.pick(emails)]
    const timestamp = new Date(Date.parse(event.timestamp) + halfMinute).toISOString()
    const { customerId } = event.data
    const by: TimedEvent = random.chance(0.7)
      ? { id: `p${place}`, type: 'person.changed-email', timestamp, data: { customerId, user, email } }
      : {
          id: `p${place}`,
          type: 'person.created-user',
          timestamp,
          data: { customerId, email, name: `given ${place}`, type: 'customer-client' },
        }
    return [event, by]
  })
}

const isInTime = (event: TimedEvent) => isByPerson(event) || /\.(created|deleted)$/.test(event.type)

/** People act at their moment, and events that create or end a name arrive in time; all others arrive late. */
export function arrivalWithPeople(history: readonly TimedEvent[], seed: number): TimedEvent[] {
  const random = new Random(seed)
  const reach = random.pick([3, 10, history.length])
  return [...history]
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    .map((event, place) => ({ event, at: place + (isInTime(event) ? 0 : random.next() * reach) }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event)
}

/** Makes a person's change of the history at its moment; does nothing if it is denied. */
export async function act(table: Table, { type, timestamp, data }: TimedEvent): Promise<void> {
  const now = parseInstant(timestamp) ?? ''
  const context: Context = { table, actor: { kind: 'user', id: 'usr_1' }, stamp: stampOf(now, 'usr_1'), now }
  const customerId = String(data.customerId)
  const email = String(data.email)
  try {
    const plan =
      type === 'person.created-user'
        ? await createUser(context, { customerId, email, name: String(data.name), type: 'customer-client' })
        : await changeEmail(context, customerId, String(data.user), email)
    if (plan?.change) await commit(table, plan.change)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
  }
}

async function changeEmail(
  context: Context,
  customerId: string,
  from: string,
  email: string,
): Promise<ChangePlan | undefined> {
  const { table } = context
  const holder = holderNow(asClaim(await table.get(keys.email(customerId, from))))
  const user = holder && asUser(await table.get(keys.user(customerId, holder.id)))
  return user && from !== email ? updateUser(context, user, { email }) : undefined
}
