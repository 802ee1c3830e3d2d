import * as v from 'valibot'
import { isMainName, projectNameOf } from '../domain/entities/project.ts'
import { MainGrant, ProjectGrant } from '../domain/entities/role.ts'
import { validate } from '../domain/values/validate.ts'

type Fields = { customerId: string; project: string; roles?: readonly string[] | undefined }

/**
 * Throws `invalid-request` for fields that fit no state of the directory: a name that no project of the customer can
 * have, or roles of the other kind of project. Nothing has to be read for that.
 */
export function refuseMisfit({ customerId, project, roles }: Fields): void {
  const isMain = isMainName(customerId, project)
  if (!isMain) validate(v.object({ project: projectNameOf(customerId) }), { project })
  if (roles) validate(isMain ? MainGrant : ProjectGrant, { roles })
}
