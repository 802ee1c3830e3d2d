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

type Failure = { step: Step; error: KeystoneError }

type StepsResult = {
  /** Keystone's id of the plan's project, if it is there now. */
  projectId: string | undefined
  done: Step[]
  /** Refused steps. Steps that depend on them are in neither list. */
  failures: Failure[]
  /** The error of Keystone or the connection after which no step was tried. */
  stopped?: KeystoneError
}

type ApplyOptions = {
  domainId: string
  /** Keystone's id of the plan's project; undefined if a step creates it. */
  projectId: string | undefined
  /** Called before each step; false ends the execution. */
  shouldContinue?: (step: Step) => boolean | Promise<boolean>
}

/** Executes the steps one after the other. A refused step doesn't stop the others. */
export async function applySteps(
  keystone: Keystone,
  steps: readonly Step[],
  { domainId, projectId, shouldContinue }: ApplyOptions,
): Promise<StepsResult> {
  const made: Made = { projectId, users: new Map(), roles: new Map() }
  const done: Step[] = []
  const failures: Failure[] = []
  const outcome = () => ({ projectId: made.projectId, done, failures })
  for (const step of steps) {
    if (shouldContinue && !(await shouldContinue(step))) return outcome()
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

/** Keystone's ids of the entities that this execution created, by our id or name. */
type Made = { projectId: string | undefined; users: Map<string, string>; roles: Map<string, string> }

/** False if an earlier step that it depends on was refused. */
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

/** Creates a project whose description can't be stored without it, for its members' sake, and still throws `unstorable`. */
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
