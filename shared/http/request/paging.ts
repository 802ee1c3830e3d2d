import { DomainError } from '../../domain/values/errors.ts'

export const defaultLimit = 50
export const maxLimit = 200

/** One page of a list; `nextCursor` is absent on the last. */
export type PageBody<Item> = { items: Item[]; nextCursor?: string }

/** The query's `limit`: 1 to 200, 50 where absent. Throws `invalid-request` for anything but such a number. */
export function parseLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit
  const limit = /^[1-9][0-9]{0,2}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= maxLimit) return limit
  throw new DomainError('invalid-request', `The limit must be a whole number from 1 to ${maxLimit}.`, [
    { pointer: 'limit', detail: `must be a whole number from 1 to ${maxLimit}` },
  ])
}
