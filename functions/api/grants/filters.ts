import * as v from 'valibot'
import { capabilities } from '../../../shared/domain/entities/capability.ts'
import { mainRoles, roles } from '../../../shared/domain/entities/role.ts'
import { SearchText } from '../../../shared/domain/text/search-text.ts'
import { Time } from '../../../shared/domain/text/text.ts'

const roleNames = [...roles, ...mainRoles]
const role = v.picklist(roleNames, 'must be `<service>:<level>`, `full` or `cdn`')
const capability = v.picklist(capabilities, `must be one of ${capabilities.join(', ')}`)
const user = v.optional(SearchText)
const expiresBefore = v.optional(Time)

/** Query parameters of lists of grants. */
export const grantFilters = { role: v.optional(role), capability: v.optional(capability), expiresBefore }
export const memberFilters = { user, role: grantFilters.role, expiresBefore }
export const assigneeFilters = { user, capability: grantFilters.capability, expiresBefore }
