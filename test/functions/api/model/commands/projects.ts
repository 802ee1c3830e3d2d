import type { Action } from '../action.ts'
import { pickCaller } from '../callers.ts'
import { createProject, deleteProject, updateProject } from '../change-projects.ts'
import { ifMatchFor, pick, pickProject } from '../dice.ts'
import { refuse } from '../outcome.ts'
import type { Customer, Model, Project } from '../state.ts'
import { bodyOr, type Given, pathOf, unknown } from './given.ts'
import { sure } from './users.ts'

const long = 'n'.repeat(55)
/** Few, and the same but for their case: they collide. */
export const names = ['web', 'WEB', 'shop', 'Büro', 'bÜRO', 'a/b', 'dns', 'Mail', long.slice(1)]
const nameOf = ({ id }: Customer, die: number) => pick([...names, long, id], die)
const descriptions = ['', 'what it is for', 'more of it'] as const

export function createProjectAction(model: Model, given: Given): Action {
  const { customer, dice } = given
  const description = pick(descriptions, dice.which) || undefined
  const asked = { name: nameOf(customer, dice.project), ...(description && { description }) }
  return {
    caller: pickCaller(model, given),
    customer,
    method: 'POST',
    path: pathOf(customer, 'projects'),
    ...bodyOr(asked, [{}, { name: ' ' }, { name: 'x'.repeat(63) }, { ...asked, id: 'prj_1' }], given),
    needs: { right: 'project.manage' },
    plan: () => createProject(model, customer, asked),
  }
}

/** What commands on one project have in common; now and then it's Main, which is locked. */
function onProject(model: Model, given: Given, isRequired: boolean) {
  const { customer, dice } = given
  const project = dice.which < 40 ? 'main' : pickProject(model, customer, dice.project)
  const isThere = isOf(customer, project)
  const id = project === 'main' ? project : (project?.id ?? unknown.project)
  const path = pathOf(customer, 'projects', id)
  const action = {
    caller: pickCaller(model, given),
    customer,
    path,
    needs: { right: 'project.manage', on: { isThere, isLocked: project === 'main' } },
    ifMatch: ifMatchFor(dice.ifMatch, { isRequired, isThere, path }),
  } as const
  return { project: project === 'main' ? undefined : project, action }
}

export function isOf(customer: Customer, project: Project | 'main' | undefined): boolean {
  if (project === 'main') return true
  return project !== undefined && !project.deleted && customer.projects.includes(project)
}

export function updateProjectAction(model: Model, given: Given): Action {
  const { customer, dice } = given
  const { project, action } = onProject(model, given, false)
  const name = { name: nameOf(customer, dice.more) }
  const description = { description: pick(descriptions, dice.more) }
  const asked = pick<{ name?: string; description?: string }>(
    [name, description, { ...name, ...description }],
    dice.variant,
  )
  return {
    ...action,
    method: 'PATCH',
    ...bodyOr(asked, [{}, { name: 7 }, { status: 'deleting' }], given),
    plan: () => (project ? updateProject(customer, project, asked) : refuse('locked')),
  }
}

export function deleteProjectAction(model: Model, given: Given): Action {
  const { project, action } = onProject(model, given, true)
  return {
    ...action,
    method: 'DELETE',
    plan: () => (project ? deleteProject(sure(project)) : refuse('locked')),
  }
}
