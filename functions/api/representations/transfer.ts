import { presentInstant } from '../../../shared/domain/instant.ts'
import type { Transfer } from '../../../shared/domain/transfer.ts'

export function presentTransfer({ to, offeredBy, offeredAt, expiresAt }: Transfer) {
  const at = presentInstant(offeredAt)
  return { to, offeredBy, createdAt: at, updatedAt: at, expiresAt: presentInstant(expiresAt) }
}
