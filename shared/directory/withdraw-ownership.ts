import type { Transfer } from '../domain/transfer.ts'
import type { Versioned } from '../table/item.ts'
import { keys } from '../table/keys.ts'
import { transferChange } from './audit-view.ts'
import type { Context, Plan } from './context.ts'
import { planned } from './context.ts'

/** Takes an offer back. */
export function withdrawOwnership(context: Context, offer: Versioned<Transfer>): Plan<undefined> {
  const { customerId, version: was } = offer
  return planned(
    context,
    customerId,
    'ownership.withdrawn',
    [{ remove: keys.transfer(customerId), was }],
    [transferChange({ before: offer })],
    undefined,
  )
}
