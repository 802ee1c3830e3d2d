import type { ReadOffer } from '../../../shared/directory/successor.ts'
import type { Transfer } from '../../../shared/domain/transfer.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Call } from '../call.ts'
import { notFound } from '../refusal.ts'
import { presentTransfer } from '../representations/transfer.ts'
import type { Subject } from '../subject.ts'

const name = 'ownership transfer'

export const theTransfer: Subject<Transfer, Versioned<Transfer>> = {
  schema: 'transfer',
  name,
  load: (call) => offerOf(call).transfer,
  show: (_call, transfer) => presentTransfer(transfer),
}

/** The offer that can be accepted. Throws `not-found` where there is none. */
export function offerOf({ access: { offer } }: Pick<Call, 'access'>): ReadOffer {
  if (!offer) throw notFound(name)
  return offer
}
