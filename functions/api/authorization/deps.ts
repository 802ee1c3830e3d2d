import type { ConsistencyTokens } from '../../../shared/auth/consistency-token.ts'
import type { CursorCodec } from '../../../shared/auth/cursor.ts'
import type { OptOutTokens } from '../../../shared/auth/opt-out-token.ts'
import type { Principal, TokenVerifier } from '../../../shared/auth/tokens.ts'
import type { Caller } from '../../../shared/directory/facts/list-readable.ts'
import type { VersionedResource } from '../../../shared/directory/facts/read-resource.ts'
import type { ReadOffer } from '../../../shared/directory/ownership/parties.ts'
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
  consistency: ConsistencyTokens
  /** Base URL under which callers reach the API, without a slash at the end. */
  publicUrl: string
  /** Issuer of the access tokens. */
  issuer: string
  /** Audience of the access tokens; RFC 9728 calls it the resource. */
  audience: string
  /** Origins of web pages whose scripts may use the API; none by default. */
  corsOrigins?: readonly string[] | undefined
  now: () => Date
  log: Log
  customerIdPattern: RegExp
  /** Webhook sources whose deliveries are listed where none is named. */
  sources: string[]
  /** Whether projects are kept in OpenStack too; off by default. */
  openstack?: boolean | undefined
  /** Whether messages are sent; off by default. */
  mail?: boolean | undefined
  /** Opens the tokens in links of messages; its secret is read when a link is followed. Absent: no link is valid. */
  optOut?: (() => Promise<OptOutTokens>) | undefined
  /** Records that a user used a right; the response doesn't wait for it. */
  used?: ((use: Usage) => void) | undefined
  /** Records that a user has used a token of their own; the response doesn't wait for it. */
  seen?: ((user: SeenUser) => void) | undefined
  /** Keys that sign reports, read when they are needed. */
  reportKeys: ReportKeys
  /** Reads the text of the OpenAPI document. */
  openApi: () => Promise<string>
}

/** Read to authorize a request; empty where the route is about no customer. */
export type Access = {
  customer?: Versioned<Customer>
  /** The resource of the path; absent where the route is about the customer as a whole. */
  resource?: VersionedResource | undefined
  /** OpenStack's state of the project of the path; absent where OpenStack is off. */
  openstack?: OpenStackKnown | undefined
  /** The facts about the calling user; absent for an operator, who may do everything. */
  caller?: Caller
  /** Evidence that the decision to let the user in gives; absent for operators and where no grant was needed. */
  usage?: Usage | undefined
  /** The offer of the ownership that can be accepted, where the rule depends on it. */
  offer?: ReadOffer | undefined
  /** The review of the path with its reviewers, where the rule depends on them. */
  reviewing?: { review: Versioned<Review>; reviewers: ReviewerLookup } | undefined
}

export type ApiEnv = { Variables: HttpEnv['Variables'] & { principal: Principal } }
