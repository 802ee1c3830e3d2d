import { type Outcome, refuse, unless } from './outcome.ts'
import { type Customer, type Model, type Project, projectByName, sameName } from './state.ts'

type NewProject = { name: string; description?: string }

/** The bare identifier is the Main project's. Names are compared ignoring case. */
export function createProject(model: Model, customer: Customer, given: NewProject): Outcome {
  const refused = refusalOfName(customer, given.name, undefined)
  if (refused) return refused
  const { turn: created } = model
  const place = `project ${customer.projects.length}`
  return {
    status: 201,
    apply: () => void customer.projects.push({ ...given, id: '', place, created, deleted: false }),
  }
}

export function updateProject(
  customer: Customer,
  project: Project,
  { name, description }: { name?: string; description?: string },
): Outcome {
  const refused = name === undefined ? undefined : refusalOfName(customer, name, project)
  const next = {
    name: name ?? project.name,
    description: description === undefined ? project.description : description || undefined,
  }
  const isAlready = project.name === next.name && project.description === next.description
  return refused ?? unless(isAlready, { status: 200, apply: () => Object.assign(project, next) })
}

function refusalOfName(customer: Customer, name: string, own: Project | undefined): Outcome | undefined {
  if (name.length > 63 - customer.id.length) return refuse('invalid-request')
  if (sameName(name, customer.id)) return refuse('locked')
  const holder = projectByName(customer, name)
  return holder && holder !== own ? refuse('conflict') : undefined
}

export function deleteProject(project: Project): Outcome {
  return { status: 204, apply: () => Object.assign(project, { deleted: true }) }
}
