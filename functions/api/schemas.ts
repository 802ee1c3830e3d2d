import type * as v from 'valibot'
import { AuditEvent, Change, Changes } from './audit/schema.ts'
import { Address, Billing, Contact, Customer } from './customers/schema.ts'
import {
  BatchDecision,
  Decision,
  DecisionReason,
  Decisions,
  Evaluations,
  Explanation,
  FoundActions,
  FoundEntities,
} from './decisions/schema.ts'
import { Delivery, Receipt } from './deliveries/schema.ts'
import { Access, Assignment, Grant, Membership } from './grants/schema.ts'
import { MailPreference } from './mail/schema.ts'
import { OpenStack } from './openstack/schema.ts'
import { Transfer } from './ownership/schema.ts'
import { Project } from './projects/schema.ts'
import { DecidedItems, ReviewItem } from './reviews/item-schema.ts'
import { PolicyOfReview, Review, ReviewPolicy, ReviewReport, ReviewScope } from './reviews/schema.ts'
import { Actor } from './routing/schema-types.ts'
import { Server } from './servers/schema.ts'
import {
  DecisionPoint,
  FieldProblem,
  Health,
  OpenApi,
  OpenStackStatus,
  Problem,
  ProtectedResource,
  ReportKeys,
} from './service/schema.ts'
import { OwnUser, User } from './users/schema.ts'

/**
 * Schemas of all response bodies, by name: objects without other fields, optional ones absent and never null.
 * For the generator of the document, and for types: nothing of this may get into a bundle.
 */
export const representations = {
  customer: Customer,
  contact: Contact,
  billing: Billing,
  user: User,
  project: Project,
  membership: Membership,
  assignment: Assignment,
  grant: Grant,
  access: Access,
  server: Server,
  transfer: Transfer,
  reviewPolicy: ReviewPolicy,
  review: Review,
  reviewItem: ReviewItem,
  decidedItems: DecidedItems,
  reviewReport: ReviewReport,
  delivery: Delivery,
  ownUser: OwnUser,
  mailPreference: MailPreference,
  auditEvent: AuditEvent,
  changes: Changes,
  decision: Decision,
  evaluations: Evaluations,
  foundEntities: FoundEntities,
  foundActions: FoundActions,
  decisionPoint: DecisionPoint,
  protectedResource: ProtectedResource,
  reportKeys: ReportKeys,
  health: Health,
  openstackStatus: OpenStackStatus,
  openApi: OpenApi,
  problem: Problem,
} as const

/** Parts of them that the document names too. */
export const parts = {
  Actor,
  Address,
  BatchDecision,
  Change,
  DecisionReason,
  Decisions,
  Explanation,
  FieldProblem,
  OpenStack,
  PolicyOfReview,
  Receipt,
  ReviewScope,
}

export type RepresentationName = keyof typeof representations

/** Type of a response body; a field that is `undefined` is absent in its JSON. */
export type Representation<N extends RepresentationName> = Readable<
  v.InferOutput<(typeof representations)[N]>
>

type Readable<T> = T extends object ? { readonly [K in keyof T]: Readable<T[K]> } : T
