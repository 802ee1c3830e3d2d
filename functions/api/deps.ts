import type { CursorCodec } from '../../shared/auth/cursor.ts'
import type { Principal, TokenVerifier } from '../../shared/auth/tokens.ts'
import type { Asker } from '../../shared/directory/list-readable.ts'
import type { Customer } from '../../shared/domain/customer.ts'
import type { Facts } from '../../shared/domain/decide.ts'
import type { Log } from '../../shared/domain/log.ts'
import type { HttpEnv } from '../../shared/http/request-id.ts'
import type { Table } from '../../shared/table/table.ts'

export type ApiDeps = {
  table: Table
  verifyToken: TokenVerifier
  cursors: CursorCodec
  /** Base URL under which callers reach the API, without a slash at the end. */
  publicUrl: string
  /** Of the access tokens. */
  issuer: string
  now: () => Date
  log: Log
  customerIdPattern: RegExp
  /** Webhook sources whose deliveries are listed where none is named. */
  sources: string[]
}

/** What was read to let a caller do something at a customer. */
export type Access = {
  customer: Customer
  /** What the route is about; absent where that is the customer as a whole. */
  resource: Facts['resource']
  /** The facts about the user who asks; absent for an operator, who may do everything. */
  asker?: Asker
}

export type ApiEnv = { Variables: HttpEnv['Variables'] & { principal: Principal; access: Access } }
