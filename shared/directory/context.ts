import { ulid } from 'ulid'
import type { Actor } from '../domain/actor.ts'
import type { ResourceChange } from '../domain/audit-event.ts'
import type { Instant, Stamp } from '../domain/instant.ts'
import { dateOf } from '../domain/instant.ts'
import type { Change } from '../table/commit.ts'
import type { Write } from '../table/item.ts'
import type { Table } from '../table/table.ts'

/** On whose behalf a use case plans, and when what it plans counts. */
export type Context = {
  table: Table
  actor: Actor
  /** A webhook's: its event's timestamp. A person's: the commit. */
  stamp: Stamp
  now: Instant
  reason?: string | undefined
  requestId?: string | undefined
}

/** `superseded`: something newer has said otherwise; what is still planned then only completes the history. */
export type Plan = { outcome: 'applied' | 'superseded'; change?: Change | undefined }

export const superseded: Plan = { outcome: 'superseded' }

export const newId = (prefix: 'usr' | 'prj', { now }: Context) => `${prefix}_${ulid(dateOf(now).getTime())}`

/** A plan that applies: the writes and the one audit event that lists every resource they change. */
export function planned(
  context: Context,
  customerId: string,
  type: string,
  writes: readonly Write[],
  changes: readonly ResourceChange[],
): Plan {
  const { actor, now, reason, requestId } = context
  const id = ulid(dateOf(now).getTime())
  return {
    outcome: 'applied',
    change: { writes, event: { id, customerId, at: now, actor, type, reason, requestId, changes } },
  }
}
