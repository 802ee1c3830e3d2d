import { claimedBy } from '../../domain/entities/claim.ts'
import type { Billing, Contact } from '../../domain/entities/contact.ts'
import type { Customer } from '../../domain/entities/customer.ts'
import { mainDescription, mainProjectId, type Project } from '../../domain/entities/project.ts'
import type { User } from '../../domain/entities/user.ts'
import { DomainError } from '../../domain/values/errors.ts'
import { instantOfStamp } from '../../domain/values/instant.ts'
import { invited } from '../../mail/plan-invitation.ts'
import { emailClaimItem } from '../../records/claims.ts'
import { adminsItem, customerItem, findCustomer } from '../../records/customers.ts'
import { projectItem } from '../../records/projects.ts'
import { userItem } from '../../records/users.ts'
import { customerChange, projectChange, userChange } from '../change/audit-view.ts'
import { type Context, newId, type ChangePlan, changePlan } from '../change/change-plan.ts'

type CreateCustomer = {
  customerId: string
  organisation: string
  contact?: Contact | undefined
  billing?: Billing | undefined
  mainCustomer: { name: string; email: string }
}

/**
 * Creates a customer with its main-customer and its Main project, all of the same moment. An identifier is used once.
 */
export async function createCustomer(context: Context, input: CreateCustomer): Promise<ChangePlan<Customer>> {
  const { customerId } = input
  const taken = new DomainError('conflict', `customer ${customerId} exists, with its main-customer`)
  if (await findCustomer(context.table, customerId)) throw taken
  const { user, writes: message } = invited(context, firstUser(context, input))
  const customer = newCustomer(context, input, user.id)
  const main = mainProject(context, customerId)
  const claim = claimedBy(undefined, user.id, context.stamp)
  return changePlan(context, {
    customerId,
    eventType: 'customer.created',
    writes: [
      { put: customerItem(customer), expectedVersion: 'absent', onConflict: taken },
      { put: userItem(user), expectedVersion: 'absent' },
      { put: emailClaimItem(customerId, user.email, claim), expectedVersion: 'absent' },
      { put: projectItem(main), expectedVersion: 'absent' },
      { put: adminsItem(customerId, { since: {}, changed: context.stamp }), expectedVersion: 'absent' },
      ...message,
    ],
    changes: [
      customerChange({ after: customer }),
      userChange({ after: user }),
      projectChange({ after: main }),
    ],
    after: customer,
  })
}

function newCustomer({ stamp, now }: Context, input: CreateCustomer, mainCustomerId: string): Customer {
  const { customerId: id, organisation, contact, billing } = input
  return {
    id,
    organisation,
    status: 'active',
    mainCustomerId,
    contact,
    billing,
    createdAt: instantOfStamp(stamp),
    updatedAt: now,
    stamps: { status: stamp, organisation: stamp, contact: stamp, billing: stamp },
  }
}

function firstUser(context: Context, { customerId, mainCustomer }: CreateCustomer): User {
  const { stamp, now } = context
  return {
    id: newId('usr', now),
    customerId,
    ...mainCustomer,
    status: 'active',
    types: [{ type: 'main-customer', at: stamp }],
    createdAt: instantOfStamp(stamp),
    updatedAt: now,
    invitedAt: now,
    stamps: { name: stamp, status: stamp, email: stamp },
  }
}

function mainProject({ stamp, now }: Context, customerId: string): Project {
  return {
    id: mainProjectId,
    customerId,
    kind: 'main',
    name: customerId,
    description: mainDescription,
    status: 'active',
    createdAt: instantOfStamp(stamp),
    updatedAt: now,
  }
}
