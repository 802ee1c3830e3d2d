import type { Action } from '../action.ts'
import type { Model } from '../state.ts'
import * as customers from './customers.ts'
import { retryDelivery } from './deliveries.ts'
import type { Given } from './given.ts'
import { putAssignment, putMember, removeAssignment, removeMember } from './grants.ts'
import { acceptOwnership, forceOwnership, offerOwnership, withdrawOwnership } from './ownership.ts'
import { createProjectAction, deleteProjectAction, updateProjectAction } from './projects.ts'
import { deleteServerAction, putServerAction } from './servers.ts'
import { changeUserType } from './types.ts'
import { createUserAction, deleteUserAction, unlinkLoginAction, updateUserAction } from './users.ts'
import { visit } from './visits.ts'

/** Every changing route of the API, by operationId, with how often it comes; and a mere look. */
export const requests: Record<string, { weight: number; of: (model: Model, given: Given) => Action }> = {
  createUser: { weight: 8, of: createUserAction },
  updateUser: { weight: 7, of: updateUserAction },
  deleteUser: { weight: 3, of: deleteUserAction },
  changeUserType: { weight: 10, of: changeUserType },
  unlinkLogin: { weight: 2, of: unlinkLoginAction },
  offerOwnership: { weight: 2, of: offerOwnership },
  withdrawOwnership: { weight: 2, of: withdrawOwnership },
  acceptOwnership: { weight: 4, of: acceptOwnership },
  forceOwnership: { weight: 2, of: forceOwnership },
  createProject: { weight: 6, of: createProjectAction },
  updateProject: { weight: 3, of: updateProjectAction },
  deleteProject: { weight: 2, of: deleteProjectAction },
  putMember: { weight: 10, of: putMember },
  removeMember: { weight: 7, of: removeMember },
  putServer: { weight: 3, of: putServerAction },
  deleteServer: { weight: 2.5, of: deleteServerAction },
  putAssignment: { weight: 5, of: putAssignment },
  removeAssignment: { weight: 2, of: removeAssignment },
  createCustomer: { weight: 1, of: customers.createCustomerAction },
  updateCustomer: { weight: 1, of: customers.updateCustomer },
  replaceContact: { weight: 1, of: customers.replaceContact },
  replaceBilling: { weight: 1, of: customers.replaceBilling },
  suspendCustomer: { weight: 0.4, of: customers.suspendCustomer },
  resumeCustomer: { weight: 3, of: customers.resumeCustomer },
  closeCustomer: { weight: 0.2, of: customers.closeCustomer },
  retryDelivery: { weight: 0.5, of: retryDelivery },
  visit: { weight: 4, of: visit },
}
