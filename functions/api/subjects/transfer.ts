import type { Transfer } from '../../../shared/domain/transfer.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { notFound } from '../refusal.ts'
import { presentTransfer } from '../representations/transfer.ts'
import type { Subject } from '../subject.ts'

const name = 'ownership transfer'

export const theTransfer: Subject<Transfer, Versioned<Transfer>> = {
  schema: 'transfer',
  name,
  load: ({ access: { transfer } }) => {
    if (!transfer) throw notFound(name)
    return transfer
  },
  show: (_call, transfer) => presentTransfer(transfer),
}
