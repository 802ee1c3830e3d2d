import type { ReadOffer } from '../../../shared/directory/ownership/parties.ts'
import type { Transfer } from '../../../shared/domain/entities/ownership-offer.ts'
import { presentInstant } from '../../../shared/domain/values/instant.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { notFound } from '../authorization/denial.ts'
import type { RequestContext } from '../authorization/request-context.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

function presentTransfer({ to, offeredBy, offeredAt, expiresAt }: Transfer): Representation<'transfer'> {
  const at = presentInstant(offeredAt)
  return { to, offeredBy, createdAt: at, updatedAt: at, expiresAt: presentInstant(expiresAt) }
}

const name = 'ownership transfer'

export const transferResource: Resource<Transfer, Versioned<Transfer>> = {
  schema: 'transfer',
  name,
  load: (call) => offerOf(call).transfer,
  show: (_call, transfer) => presentTransfer(transfer),
}

/** Returns the offer that can be accepted. Throws `not-found` where there is none. */
export function offerOf({ access: { offer } }: Pick<RequestContext, 'access'>): ReadOffer {
  if (!offer) throw notFound(name)
  return offer
}
