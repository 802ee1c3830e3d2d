import { presentInstant } from '../../../shared/domain/instant.ts'
import type { Server } from '../../../shared/domain/server.ts'

export function presentServer({ id, customerId, hostname, createdAt, updatedAt }: Server) {
  return {
    id,
    customerId,
    hostname,
    createdAt: presentInstant(createdAt),
    updatedAt: presentInstant(updatedAt),
  }
}
