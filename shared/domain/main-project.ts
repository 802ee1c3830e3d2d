import type { Customer } from './customer.ts'
import type { Project } from './project.ts'
import { mainDescription, mainProjectId } from './project-name.ts'

/**
 * The Main project as it follows from its customer: made in the same moment, under its identifier, and never changed.
 * What only needs to know that it's there, and since when, needn't read it.
 */
export function mainProjectOf({ id, createdAt }: Customer): Project {
  return {
    id: mainProjectId,
    customerId: id,
    kind: 'main',
    name: id,
    description: mainDescription,
    status: 'active',
    createdAt,
    updatedAt: createdAt,
  }
}
