import type * as v from 'valibot'
import { Address, Billing, Contact, Customer, Transfer } from './customer.ts'
import {
  Actor,
  AuditEvent,
  BatchDecision,
  Change,
  Changes,
  Decision,
  DecisionReason,
  Decisions,
  Delivery,
  Evaluations,
  Receipt,
} from './happenings.ts'
import { OpenStack, Project, Server } from './resource.ts'
import { DecidedItems, ReviewItem } from './review-item.ts'
import { PolicyOfReview, Review, ReviewPolicy, ReviewReport, ReviewScope } from './review.ts'
import {
  DecisionPoint,
  FieldProblem,
  Health,
  OpenApi,
  OpenStackStatus,
  Problem,
  ProtectedResource,
  ReportKeys,
} from './service.ts'
import { Access, Assignment, Grant, MailPreference, Membership, OwnUser, User } from './user.ts'

/**
 * Everything that is answered with, by name: objects without other fields, optional ones absent and never null.
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
  decisionPoint: DecisionPoint,
  protectedResource: ProtectedResource,
  reportKeys: ReportKeys,
  health: Health,
  openstackStatus: OpenStackStatus,
  openApi: OpenApi,
  problem: Problem,
} as const

/** What they are made of and the document names too. */
export const parts = {
  Actor,
  Address,
  BatchDecision,
  Change,
  DecisionReason,
  Decisions,
  FieldProblem,
  OpenStack,
  PolicyOfReview,
  Receipt,
  ReviewScope,
}

export type RepresentationName = keyof typeof representations

/** What a presenter returns; a field that is `undefined` is absent in the answer. */
export type Representation<N extends RepresentationName> = Readable<
  v.InferOutput<(typeof representations)[N]>
>

type Readable<T> = T extends object ? { readonly [K in keyof T]: Readable<T[K]> } : T
