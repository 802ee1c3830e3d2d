import { expect, onTestFinished } from 'vitest'
import type { ChangePlan } from '../../../shared/directory/change/change-plan.ts'
import { createCustomer } from '../../../shared/directory/customers/create-customer.ts'
import { setCustomerStatus } from '../../../shared/directory/customers/set-customer-status.ts'
import { createFactsReader } from '../../../shared/directory/facts/read-facts.ts'
import { assignServer, grantMembership, revokeGrant } from '../../../shared/directory/grants/change-grant.ts'
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
import type { ReviewScope } from '../../../shared/reviews/policy/review-policy.ts'
import { keys } from '../../../shared/table/keys.ts'
import type { TestEngine } from '../../support/engine.ts'
import { byId, type ReviewScene, startReviewScene } from './scene.ts'

/** A scene with a customer, ended with its test. */
export async function startDirectory(
  engine: TestEngine,
  customerId: string,
  options: Parameters<typeof startReviewScene>[1] = {},
) {
  const scene = await startReviewScene(engine, options)
  onTestFinished(() => scene.stop())
  const directory = await createDirectory(scene, customerId)
  /** The newest review, and its items by their ids. */
  const newest = async () => {
    const [review] = await scene.reviewsOf(customerId)
    return { review, items: byId(await scene.itemsOf(customerId, review?.id ?? '')) }
  }
  const open = async (scope?: ReviewScope) => {
    await scene.start(customerId, scope)
    await scene.runDue()
  }
  /** Runs the review to its end; its items by their ids. */
  const closed = async () => {
    await scene.runDue()
    const { review, items } = await newest()
    expect([review?.state, scene.failures]).toEqual(['closed', []])
    return items
  }
  return { scene, directory, newest, open, closed }
}

/** Creates a customer in the scene, with functions to change its directory like the API. */
export async function createDirectory(scene: ReviewScene, customerId: string) {
  const { table, commitPlan, context } = scene
  const { mainCustomerId } = await commitPlan(
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
  const targetOf = async (id: string): Promise<TargetResource> => {
    if (id === 'main') return { kind: 'main', project: mainProjectOf(await scene.customerOf(customerId)) }
    const project = asProject(await table.get(keys.project(customerId, id)))
    if (project) return projectTarget(project)
    const server = asServer(await table.get(keys.server(customerId, id)))
    if (!server) throw new Error(`there is nothing called ${id}`)
    return { kind: 'server', server }
  }
  const readTargetOf = async (userId: string, id: string) => {
    const target = await readTarget(table, customerId, userId, await targetOf(id))
    if (!target) throw new Error(`there is no user ${userId}`)
    return target
  }
  let count = 0

  /** Changes of the directory, planned on its current state. */
  const plans = {
    disable: async (id: string): Promise<ChangePlan> =>
      updateUser(context(), await find(id), { status: 'disabled' }),
    remove: async (id: string): Promise<ChangePlan> => deleteUser(context(), await find(id)),
    demote: async (id: string): Promise<ChangePlan> =>
      changeUserType(context(), await find(id), { type: 'customer-tech' }),
    retype: async (id: string, type: AssignableType): Promise<ChangePlan> =>
      changeUserType(context(), await find(id), { type }),
    leaveMain: async (id: string): Promise<ChangePlan> =>
      revokeGrant(context(), await readTargetOf(id, 'main')),
  }

  return {
    id: customerId,
    mainCustomerId,
    plans,
    user: async (type: AssignableType, status: UserStatus = 'active', main = false): Promise<string> => {
      const email = `u${++count}@acme.example`
      const { id } = await commitPlan(createUser(context(), { customerId, email, name: 'U', type, main }))
      if (status === 'disabled') await commitPlan(plans.disable(id))
      return id
    },
    project: async (): Promise<string> =>
      (await commitPlan(createProject(context(), { customerId, name: `p${++count}` }))).id,
    server: async (): Promise<string> => {
      const serverId = `${customerId}-${++count}`
      await commitPlan(putServer(context(), undefined, { customerId, serverId, hostname: serverId }))
      return serverId
    },
    grant: async (userId: string, projectId: string, ...roles: string[]) =>
      commitPlan(grantMembership(context(), await readTargetOf(userId, projectId), { roles })),
    grantUntil: async (expiresAt: string, userId: string, projectId: string, ...roles: string[]) =>
      commitPlan(grantMembership(context(), await readTargetOf(userId, projectId), { roles, expiresAt })),
    revoke: async (userId: string, projectId: string) =>
      commitPlan(revokeGrant(context(), await readTargetOf(userId, projectId))),
    assign: async (userId: string, serverId: string, ...capabilities: Capability[]) =>
      commitPlan(assignServer(context(), await readTargetOf(userId, serverId), { capabilities })),
    setStatus: async (status: CustomerStatus) =>
      commitPlan(setCustomerStatus(context(), await scene.customerOf(customerId), status)),
    /** Asks `decide` now, with strong reads. */
    may: async (userId: string, action: string, ref: ResourceRef): Promise<boolean> => {
      const read = createFactsReader(table, customerId, instantOf(scene.clock.now()))
      return decide(await read({ userId }, ref), action, ref).allowed
    },
  }
}

export type TestDirectory = Awaited<ReturnType<typeof createDirectory>>
