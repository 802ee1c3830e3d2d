import type { Project } from '../../shared/domain/project.ts'
import { listProjects } from '../../shared/table/projects.ts'
import type { Position } from '../../shared/table/query.ts'
import type { Table } from '../../shared/table/table.ts'

/** A customer's OpenStack projects, those that are being deleted too. */
export async function projectsOf(table: Table, customerId: string): Promise<Project[]> {
  const projects: Project[] = []
  let after: Position | undefined
  do {
    const page = await listProjects(table, customerId, { after })
    projects.push(...page.items.filter(({ kind }) => kind === 'openstack'))
    after = page.next
  } while (after)
  return projects
}
