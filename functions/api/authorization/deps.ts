import type { CursorCodec } from '../../../shared/auth/cursor.ts'
import type { OptOutTokens } from '../../../shared/auth/opt-out-token.ts'
import type { Principal, TokenVerifier } from '../../../shared/auth/tokens.ts'
import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import type { VersionedResource } from '../../../shared/directory/facts/read-resource.ts'
import type { ReadOffer } from '../../../shared/directory/ownership/parties.ts'
import type { Facts, ResourceRef } from '../../../shared/domain/access/decide.ts'
import type { Customer } from '../../../shared/domain/entities/customer.ts'
import type { HttpEnv } from '../../../shared/http/request/request-id.ts'
import type { OpenStackKnown } from '../../../shared/openstack/sync/project-record.ts'
import type { ReviewerLookup } from '../../../shared/reviews/reviewer-lookup.ts'
import type { Review } from '../../../shared/reviews/model/review.ts'
import type { ReportKeys } from '../../../shared/reviews/report/keys.ts'
import type { Log } from '../../../shared/runtime/log.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import type { Table } from '../../../shared/table/table.ts'
import type { SeenUser } from '../../../shared/usage/last-seen.ts'
import type { Usage } from '../../../shared/usage/usage.ts'

export type ApiDeps = {
  table: Table
  verifyToken: TokenVerifier
  cursors: CursorCodec
  /** Base URL under which callers reach the API, without a slash at the end. */
  publicUrl: string
  /** Of the access tokens. */
  issuer: string
  /** Of the access tokens; what the metadata of RFC 9728 calls the resource. */
  audience: string
  /** Of web pages whose scripts may use the API; of none unless told. */
  corsOrigins?: readonly string[] | undefined
  now: () => Date
  log: Log
  customerIdPattern: RegExp
  /** Webhook sources whose deliveries are listed where none is named. */
  sources: string[]
  /** Whether projects are kept in OpenStack too; not unless told. */
  openstack?: boolean | undefined
  /** Whether messages are sent; not unless told. */
  mail?: boolean | undefined
  /** What the links of messages carry, read when one is followed; absent: no link is known. */
  optOut?: (() => Promise<OptOutTokens>) | undefined
  /** Told what users make use of, by what is decided of them and what they call; the answer doesn't wait for it. */
  used?: ((use: Usage) => void) | undefined
  /** Told which users use tokens of their own; the answer doesn't wait for it. */
  seen?: ((user: SeenUser) => void) | undefined
  /** What signs reports; read when it's asked for. */
  reportKeys: ReportKeys
  /** The text of the OpenAPI document; read when it's asked for. */
  openApi: () => Promise<string>
}

/** What was read to let a caller in: nothing where the route is about no customer. */
export type Access = {
  customer?: Versioned<Customer>
  /** What the route is about; absent where that is the customer as a whole. */
  resource?: VersionedResource | undefined
  /** How the project that the route is about is in OpenStack; absent where that is off. */
  openstack?: OpenStackKnown | undefined
  /** The facts about the user who asks; absent for an operator, who may do everything. */
  caller?: Caller
  /** Evidence that the decision to let the user in gives; absent for operators and where no grant was needed. */
  usage?: Usage | undefined
  /** The offer of the ownership, where the right depends on it and there is one that can be accepted. */
  offer?: ReadOffer | undefined
  /** The review of the path with those who decide on it, where the right depends on that. */
  reviewing?: { review: Versioned<Review>; reviewers: ReviewerLookup } | undefined
}

export type ApiEnv = { Variables: HttpEnv['Variables'] & { principal: Principal } }

/** What `decide` is asked. */
export type Question = { facts: Facts; action: string; ref: ResourceRef }
