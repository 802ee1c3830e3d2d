import type { Project } from '../../../shared/domain/project.ts'
import type { Versioned } from '../../../shared/table/item.ts'
import { projectOf } from '../call.ts'
import { openstackOf } from '../openstack-view.ts'
import { presentProject } from '../representations/project.ts'
import type { Subject } from '../subject.ts'

export const theProject: Subject<Project, Versioned<Project>> = {
  schema: 'project',
  name: 'project',
  load: projectOf,
  show: (call, project) => presentProject(project, openstackOf(call, project)),
}
