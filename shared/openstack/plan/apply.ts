import { assignRole, unassignRole } from '../keystone/assignments.ts'
import type { Keystone } from '../keystone/client.ts'
import { withoutFourByteCharacters } from '../keystone/delicate-text.ts'
import {
  createKeystoneProject,
  deleteKeystoneProject,
  type NewProject,
  updateKeystoneProject,
} from '../keystone/projects.ts'
import { createRole } from '../keystone/roles.ts'
import { createKeystoneUser, updateKeystoneUser } from '../keystone/users.ts'
import { isKeystoneError, type KeystoneError, UnstorableError } from '../transport/errors.ts'
import type { Step } from './step.ts'

export type Failure = { step: Step; error: KeystoneError }

export type StepsResult = {
  /** Keystone's id of the plan's project, if it is there now. */
  projectId: string | undefined
  done: Step[]
  /** Steps that were refused. Those that needed what they would have made are in neither list. */
  failures: Failure[]
  /** Why the rest wasn't tried: Keystone doesn't answer as it should. */
  stopped?: KeystoneError
}

export type ApplyOptions = {
  domainId: string
  /** Keystone's id of the plan's project, unless a step makes it. */
  projectId: string | undefined
  /** Asked before each step; the rest is left undone at the first no. */
  shouldContinue?: (step: Step) => boolean | Promise<boolean>
}

/** Makes the steps, one after the other. What Keystone refuses doesn't keep it from the others. */
export async function applySteps(
  keystone: Keystone,
  steps: readonly Step[],
  { domainId, projectId, shouldContinue: mayGoOn }: ApplyOptions,
): Promise<StepsResult> {
  const made: Made = { projectId, users: new Map(), roles: new Map() }
  const done: Step[] = []
  const failures: Failure[] = []
  const outcome = () => ({ projectId: made.projectId, done, failures })
  for (const step of steps) {
    if (mayGoOn && !(await mayGoOn(step))) return outcome()
    try {
      if (await applyStep(keystone, step, domainId, made)) done.push(step)
    } catch (error) {
      if (!isKeystoneError(error)) throw error
      if (!isKeystoneError(error, 'conflict', 'unstorable', 'forbidden', 'not-found', 'refused'))
        return { ...outcome(), stopped: error }
      failures.push({ step, error })
    }
  }
  return outcome()
}

/** Keystone's ids by what else things are known by. */
type Made = { projectId: string | undefined; users: Map<string, string>; roles: Map<string, string> }

/** False where what it needs could not be made. */
async function applyStep(keystone: Keystone, step: Step, domainId: string, made: Made): Promise<boolean> {
  if (step.do === 'assign') {
    const userId = step.id ?? made.users.get(step.userId)
    const roleId = step.roleId ?? made.roles.get(step.role)
    if (made.projectId === undefined || userId === undefined || roleId === undefined) return false
    await assignRole(keystone, { projectId: made.projectId, userId, roleId })
  } else if (step.do === 'unassign') await unassignRole(keystone, step.assignment)
  else if (step.do === 'create-project') await makeProject(keystone, step.project, made)
  else if (step.do === 'create-user')
    made.users.set(step.user.latchkeyUserId, (await createKeystoneUser(keystone, step.user)).id)
  else if (step.do === 'create-role') made.roles.set(step.name, (await createRole(keystone, step.name)).id)
  else if (step.do === 'delete-project') await deleteKeystoneProject(keystone, step.id)
  else if (step.do === 'change-project')
    await updateKeystoneProject(keystone, { ...step, domainId }, step.change)
  else await updateKeystoneUser(keystone, { ...step, domainId }, step.change)
  return true
}

/** Without what its description can't have there, so that its members have it; throws all the same, `unstorable`. */
async function makeProject(keystone: Keystone, project: NewProject, made: Made): Promise<void> {
  try {
    made.projectId = (await createKeystoneProject(keystone, project)).id
  } catch (error) {
    if (!(error instanceof UnstorableError) || error.field !== 'description') throw error
    const description = withoutFourByteCharacters(project.description)
    made.projectId = (await createKeystoneProject(keystone, { ...project, description })).id
    throw error
  }
}
