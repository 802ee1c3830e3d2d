import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { createCustomer } from '../../../shared/directory/customers/create-customer.ts'
import { setCustomerStatus } from '../../../shared/directory/customers/set-customer-status.ts'
import { createFactsReader } from '../../../shared/directory/facts/read-facts.ts'
import {
  assignServer,
  grantMembership,
  revokeMembership,
} from '../../../shared/directory/grants/change-grant.ts'
import { type TargetResource, projectTarget, readTarget } from '../../../shared/directory/grants/target.ts'
import { createProject } from '../../../shared/directory/projects/create-project.ts'
import { putServer } from '../../../shared/directory/servers/put-server.ts'
import { changeUserType } from '../../../shared/directory/users/change-user-type.ts'
import { createUser } from '../../../shared/directory/users/create-user.ts'
import { deleteUser } from '../../../shared/directory/users/delete-user.ts'
import { updateUser } from '../../../shared/directory/users/update-user.ts'
import { decide, type ResourceRef } from '../../../shared/domain/access/decide.ts'
import { mainProjectOf } from '../../../shared/domain/access/main-project.ts'
import type { Capability } from '../../../shared/domain/entities/capability.ts'
import type { CustomerStatus } from '../../../shared/domain/entities/customer.ts'
import type { AssignableType } from '../../../shared/domain/entities/user-type.ts'
import type { UserStatus } from '../../../shared/domain/entities/user.ts'
import { instantOf } from '../../../shared/domain/values/instant.ts'
import { asProject } from '../../../shared/records/projects.ts'
import { asServer } from '../../../shared/records/servers.ts'
import { findUserWithGrants } from '../../../shared/records/users.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { ReviewedScene } from './scene.ts'

/** A customer in the scene, made and changed as the API does it. */
export async function createStaffed(scene: ReviewedScene, customerId: string) {
  const { table, done, context } = scene
  const { mainCustomerId } = await done(
    createCustomer(context(), {
      customerId,
      organisation: 'Acme',
      mainCustomer: { name: 'Olga', email: 'owner@acme.example' },
    }),
  )
  const find = async (id: string) => {
    const { user } = await findUserWithGrants(table, customerId, id)
    if (!user) throw new Error(`there is no user ${id}`)
    return user
  }
  const endOf = async (id: string): Promise<TargetResource> => {
    if (id === 'main') return { kind: 'main', project: mainProjectOf(await scene.customerOf(customerId)) }
    const project = asProject(await table.get(keys.project(customerId, id)))
    if (project) return projectTarget(project)
    const server = asServer(await table.get(keys.server(customerId, id)))
    if (!server) throw new Error(`there is nothing called ${id}`)
    return { kind: 'server', server }
  }
  const pairOf = async (userId: string, id: string) => {
    const pair = await readTarget(table, customerId, userId, await endOf(id))
    if (!pair) throw new Error(`there is no user ${userId}`)
    return pair
  }
  let count = 0

  /** What somebody may do to the directory, planned on what it is now. */
  const plans = {
    disable: async (id: string): Promise<ChangePlan> =>
      updateUser(context(), await find(id), { status: 'disabled' }),
    remove: async (id: string): Promise<ChangePlan> => deleteUser(context(), await find(id)),
    demote: async (id: string): Promise<ChangePlan> =>
      changeUserType(context(), await find(id), { type: 'customer-tech' }),
    retype: async (id: string, type: AssignableType): Promise<ChangePlan> =>
      changeUserType(context(), await find(id), { type }),
    leaveMain: async (id: string): Promise<ChangePlan> =>
      revokeMembership(context(), await pairOf(id, 'main')),
  }

  return {
    id: customerId,
    mainCustomerId,
    plans,
    user: async (type: AssignableType, status: UserStatus = 'active', main = false): Promise<string> => {
      const email = `u${++count}@acme.example`
      const { id } = await done(createUser(context(), { customerId, email, name: 'U', type, main }))
      if (status === 'disabled') await done(plans.disable(id))
      return id
    },
    project: async (): Promise<string> =>
      (await done(createProject(context(), { customerId, name: `p${++count}` }))).id,
    server: async (): Promise<string> => {
      const serverId = `${customerId}-${++count}`
      await done(putServer(context(), undefined, { customerId, serverId, hostname: serverId }))
      return serverId
    },
    grant: async (userId: string, projectId: string, ...roles: string[]) =>
      done(grantMembership(context(), await pairOf(userId, projectId), { roles })),
    grantUntil: async (expiresAt: string, userId: string, projectId: string, ...roles: string[]) =>
      done(grantMembership(context(), await pairOf(userId, projectId), { roles, expiresAt })),
    revoke: async (userId: string, projectId: string) =>
      done(revokeMembership(context(), await pairOf(userId, projectId))),
    assign: async (userId: string, serverId: string, ...capabilities: Capability[]) =>
      done(assignServer(context(), await pairOf(userId, serverId), { capabilities })),
    setStatus: async (status: CustomerStatus) =>
      done(setCustomerStatus(context(), await scene.customerOf(customerId), status)),
    /** What `decide` says now, strongly read. */
    may: async (userId: string, action: string, ref: ResourceRef): Promise<boolean> => {
      const read = createFactsReader(table, customerId, instantOf(scene.clock.now()))
      return decide(await read({ userId }, ref), action, ref).allowed
    },
  }
}

export type Staffed = Awaited<ReturnType<typeof createStaffed>>
