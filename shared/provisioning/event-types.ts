import * as v from 'valibot'
import { Capabilities } from '../domain/entities/capability.ts'
import { Billing, Contact } from '../domain/entities/contact.ts'
import { CustomerId } from '../domain/entities/customer.ts'
import { ProjectName } from '../domain/entities/project.ts'
import { mostRoles } from '../domain/entities/role.ts'
import { AssignableType } from '../domain/entities/user-type.ts'
import { Email } from '../domain/text/email.ts'
import {
  Description,
  Hostname,
  Organisation,
  PersonName,
  Reason,
  ServerId,
  Time,
} from '../domain/text/text.ts'
import { listOf } from '../domain/values/list.ts'

/**
 * The fields are checked when the delivery is processed, so that its state can say what is wrong; also that a list
 * has none.
 */
const isObject = (data: unknown) => typeof data === 'object' && data !== null

/** The envelope of every event of the order system; `data` depends on the type. */
export const EventEnvelope = v.object({
  type: v.string(),
  timestamp: Time,
  data: v.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object'),
})

const ofCustomer = { customerId: CustomerId }
const ofUser = { ...ofCustomer, user: Email }
const status = v.object({ ...ofCustomer, reason: v.optional(Reason) })
const user = v.object(ofUser)
const onProject = { ...ofUser, project: ProjectName }
const onServer = { ...ofUser, serverId: ServerId }

/** The data of each event type (`shared/provisioning/README.md`). Unknown fields are ignored. */
export const eventData = {
  'customer.created': v.object({
    ...ofCustomer,
    organisation: Organisation,
    contact: v.optional(Contact),
    billing: v.optional(Billing),
    mainCustomer: v.object({ name: PersonName, email: Email }),
  }),
  'customer.updated': v.object({
    ...ofCustomer,
    organisation: v.optional(Organisation),
    contact: v.optional(Contact),
    billing: v.optional(Billing),
  }),
  'customer.suspended': status,
  'customer.resumed': status,
  'customer.closed': status,
  'user.created': v.object({
    ...ofCustomer,
    email: Email,
    name: PersonName,
    type: AssignableType,
    main: v.optional(v.boolean()),
  }),
  'user.updated': v.object({ ...ofUser, name: v.optional(PersonName), type: v.optional(AssignableType) }),
  'user.disabled': user,
  'user.enabled': user,
  'user.deleted': user,
  'project.created': v.object({ ...ofCustomer, name: ProjectName, description: v.optional(Description) }),
  'project.deleted': v.object({ ...ofCustomer, name: ProjectName }),
  'membership.granted': v.object({
    ...onProject,
    roles: listOf(v.string(), mostRoles),
    expiresAt: v.optional(Time),
    reason: v.optional(Reason),
  }),
  'membership.revoked': v.object(onProject),
  'server.created': v.object({ ...ofCustomer, serverId: ServerId, hostname: Hostname }),
  'server.deleted': v.object({ ...ofCustomer, serverId: ServerId }),
  'server.assigned': v.object({
    ...onServer,
    capabilities: Capabilities,
    expiresAt: v.optional(Time),
    reason: v.optional(Reason),
  }),
  'server.unassigned': v.object(onServer),
} as const

export type EventType = keyof typeof eventData

/**
 * True for events that take rights away. Even after the day of waiting they apply as soon as their object appears.
 */
export function isRevokingEvent(type: string): boolean {
  return /\.(revoked|unassigned|deleted|disabled|suspended|closed)$/.test(type) || type === 'user.updated'
}

export type EventDataOf<T extends EventType> = v.InferOutput<(typeof eventData)[T]>

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventData, type)
}
