import type { Principal } from '../../../shared/auth/tokens.ts'

/** A request to one of the API's routes. */
export type Asked = {
  /** Its id. */
  route: string
  /** What sets it apart from other requests to the route. */
  note?: string
  as: Principal
  /** Parameters of the path, but for the customer. */
  at?: Record<string, string>
  query?: string
  body?: unknown
  headers?: Record<string, string>
  budget?: { requests: number; transactions?: number; writeUnits?: number }
  /** What it depends on, where that grows with the customer. */
  growsWith?: string
}

export type Answer = { etag: string; body: Record<string, unknown> }

/** Requests one after the other, each of which is told what the one before was answered. */
export type Conversation = AsyncGenerator<Asked, void, Answer>
