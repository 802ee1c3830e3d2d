import type { Project } from '../../shared/domain/project.ts'
import { listProjects } from '../../shared/table/projects.ts'
import { allPages } from '../../shared/table/query.ts'
import type { Table } from '../../shared/table/table.ts'

/** A customer's OpenStack projects, those that are being deleted too. */
export async function projectsOf(table: Table, customerId: string): Promise<Project[]> {
  const projects: Project[] = []
  for await (const project of allPages((after) => listProjects(table, customerId, { after }))) {
    if (project.kind === 'openstack') projects.push(project)
  }
  return projects
}
