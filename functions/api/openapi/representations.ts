import type * as v from 'valibot'
import { Address, Billing, Contact, Customer } from './customer.ts'
import { BatchDecision, Decision, DecisionReason, Decisions, Evaluations } from './decision.ts'
import { Delivery, Receipt } from './delivery.ts'
import { Access, Assignment, Grant, Membership } from './grant.ts'
import { AuditEvent, Change, Changes } from './happenings.ts'
import { MailPreference } from './mail.ts'
import { OpenStack } from './openstack.ts'
import { Project } from './resource.ts'
import { DecidedItems, ReviewItem } from './review-item.ts'
import { PolicyOfReview, Review, ReviewPolicy, ReviewReport, ReviewScope } from './review.ts'
import { Server } from './server.ts'
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
import { Transfer } from './transfer.ts'
import { OwnUser, User } from './user.ts'
import { Actor } from './vocabulary.ts'

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
