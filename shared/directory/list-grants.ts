import type { Customer } from '../domain/customer.ts'
import { standing } from '../domain/grant.ts'
import { joinsByType } from '../domain/joins-by-type.ts'
import { mainProjectOf } from '../domain/main-project.ts'
import type { Assignment, Membership } from '../domain/membership.ts'
import { assignmentOf, membershipOf } from '../domain/membership.ts'
import type { Project } from '../domain/project.ts'
import { mainProjectId } from '../domain/project-name.ts'
import type { Server } from '../domain/server.ts'
import type { User } from '../domain/user.ts'
import { keys } from '../table/keys.ts'
import { listProjects } from '../table/projects.ts'
import type { Page } from '../table/query.ts'
import type { Table } from '../table/table.ts'
import type { UserWithGrants } from '../table/users.ts'
import { readResource } from './read-resource.ts'

export type Holder = Pick<UserWithGrants, 'grants'> & { user: User }
export type HeldGrant =
  | { project: Project; membership: Membership }
  | { server: Server; assignment: Assignment }

export type GrantPage = { limit: number; after?: { register: string } | undefined }

const mainRegister = `project/${mainProjectId}`

/**
 * Everything a user holds, stored or by its type, expired or not: Main, the OpenStack projects oldest first, then the
 * servers. `after` is the last register of the page before. A page makes four requests at most.
 */
export async function listGrants(
  table: Table,
  customer: Customer,
  holder: Holder,
  { limit, after }: GrantPage,
): Promise<Page<HeldGrant>> {
  const last = after?.register ?? ''
  const walked = await walkProjects(table, customer.id, holder.user, limit + 1, last)
  const candidates = new Set([mainRegister, ...walked.projects.keys(), ...storedRegisters(holder)])
  const registers = [...candidates]
    .filter((register) => register > last && (walked.upTo === undefined || register <= walked.upTo))
    .sort()
  const shown = registers.slice(0, limit)
  const held = await Promise.all(
    shown.map((register) => findHeld(table, customer, holder, register, walked.projects)),
  )
  const end = registers.length > limit ? shown.at(-1) : walked.upTo
  return {
    items: held.filter((grant) => grant !== undefined),
    next: end === undefined ? undefined : { register: end },
  }
}

/** The projects that a type may bring, from there on; `upTo`: there are more after this one. */
async function walkProjects(table: Table, customerId: string, user: User, limit: number, last: string) {
  const projects = new Map<string, Project>()
  const [kind, id] = last.split('/')
  if (!joinsByType(user) || kind === 'server') return { projects, upTo: undefined }
  const after = id === undefined ? undefined : keys.project(customerId, id)
  const page = await listProjects(table, customerId, { limit, after })
  for (const project of page.items) projects.set(`project/${project.id}`, project)
  const upTo = page.next?.sk?.replace(keys.project(customerId, '').sk, 'project/')
  return { projects, upTo }
}

function storedRegisters({ user, grants }: Holder): string[] {
  return [...grants].filter(([, stored]) => standing(user, stored)).map(([register]) => register)
}

async function findHeld(
  table: Table,
  customer: Customer,
  { user, grants }: Holder,
  register: string,
  walked: ReadonlyMap<string, Project>,
): Promise<HeldGrant | undefined> {
  const stored = grants.get(register)
  const project = register === mainRegister ? mainProjectOf(customer) : walked.get(register)
  const [type = '', id = ''] = register.split('/')
  const resource = project
    ? { type: 'project' as const, project }
    : await readResource(table, customer.id, { type, id })
  if (resource?.type === 'project') {
    const membership = membershipOf(user, resource.project, stored)
    return membership && { project: resource.project, membership }
  }
  if (resource?.type !== 'server') return undefined
  const assignment = assignmentOf(user, resource.server, stored)
  return assignment && { server: resource.server, assignment }
}
