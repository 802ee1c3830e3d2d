import type { Principal } from '../../../shared/auth/tokens.ts'
import { addMilliseconds, instantOf } from '../../../shared/domain/values/instant.ts'
import { recordDelivery } from '../../../shared/provisioning/record-delivery.ts'
import { admin, eventOf, mainCustomer, member, type Sized } from '../customers.ts'
import { apply, populate } from '../populate.ts'
import type { Answer, Asked } from './asked.ts'
import type { MeteredApi } from './metered-api.ts'

const operator: Principal = { kind: 'operator', id: 'ops' }
const check: Principal = { kind: 'check', id: 'checker' }
/** What operators have to say. */
export const because = { 'x-reason': 'asked for on the phone' }

/** One customer, somebody of each kind with a linked login there, and what requests name. */
export async function startScene(api: MeteredApi, sized: Sized) {
  const { customerId } = sized
  const deliveryId = `late-${customerId}`
  await populate(api.table, sized)
  await recordOne(api, deliveryId, customerId)
  const ask = (asked: Asked): Promise<Answer> => api.ask(customerId, asked)
  const signIn = async (email: string) => {
    const login: Principal = { kind: 'login', issuer: 'bench', subject: email, email, emailVerified: true }
    const { items } = (await ask({ route: 'whoAmI', as: login })).body as {
      items: { user: { id: string } }[]
    }
    return { login, id: items[0]?.user.id ?? '' }
  }
  const people = {
    owner: await signIn(mainCustomer(sized)),
    admin: await signIn(admin(sized, 0)),
    otherAdmin: await signIn(admin(sized, 1)),
    /** With twenty grants. */
    tech: await signIn(member(sized, 0)),
    client: await signIn(member(sized, 1)),
  }
  const listed = await ask({ route: 'listProjects', as: people.owner.login })
  const ids = (listed.body.items as { id: string }[]).map(({ id }) => id).filter((id) => id !== 'main')
  return {
    ...people,
    operator,
    check,
    customerId,
    projects: ids,
    /** Of one that waits to be applied. */
    deliveryId,
    ask,
    remove: (email: string) => apply(api.table, eventOf('user.deleted', { customerId, user: email })),
  }
}

export type Scene = Awaited<ReturnType<typeof startScene>>

async function recordOne({ table }: MeteredApi, id: string, customerId: string): Promise<void> {
  const [source, type, timestamp] = ['orders', 'user.deleted', instantOf(table.now())]
  const body = JSON.stringify({ type, timestamp, data: { customerId, user: 'nobody@members.example' } })
  // Not due by itself while the bench runs: to retry it is a change then.
  const receivedAt = addMilliseconds(timestamp, 3_600_000)
  await recordDelivery(table, { source, id, type, timestamp, body, customerId }, receivedAt)
}
