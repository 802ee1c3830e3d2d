import * as v from 'valibot'
import type { AllowReason } from '../../../shared/domain/access/decide.ts'
import {
  Capabilities,
  CapabilityNames,
  EmailAddress,
  etag,
  GrantedBy,
  Line,
  lineOf,
  locked,
  lockReason,
  Moment,
  object,
  ProjectId,
  Remark,
  Roles,
  ServerId,
  source,
  times,
  UserId,
} from '../routing/schema-types.ts'

const terms = {
  source,
  grantedBy: v.optional(GrantedBy),
  grantedAt: Moment,
  expiresAt: v.optional(Moment),
  reason: v.optional(Remark),
  locked: v.optional(locked),
  lockReason,
  ...times,
  etag,
}
export const Membership = object('A user in a project, with its roles.', {
  projectId: ProjectId,
  projectName: Line,
  userId: UserId,
  email: EmailAddress,
  roles: Roles,
  ...terms,
})
export const Assignment = object('A user at a server, with its capabilities.', {
  serverId: ServerId,
  hostname: lineOf(253),
  userId: UserId,
  email: EmailAddress,
  capabilities: Capabilities,
  ...terms,
})
export const Grant = v.pipe(v.union([Membership, Assignment]), v.description('What a user holds.'))

const allowed = { owner: true, type: true, membership: true, assignment: true, self: true } satisfies Record<
  AllowReason,
  true
>

/** Permissions with the same reason and the same end. */
export const rightEntries = {
  permissions: v.array(Line),
  reason: v.strictObject({
    code: v.picklist(Object.keys(allowed)),
    grant: v.optional(Line),
    roles: v.optional(Roles),
    capabilities: v.optional(CapabilityNames),
  }),
  expiresAt: v.pipe(v.optional(Moment), v.description('When they end by themselves.')),
}

export const Access = object('What a user may do in effect, to the account, a project or a server.', {
  resource: v.strictObject({ type: v.picklist(['customer', 'project', 'server']), id: Line, name: Line }),
  roles: v.pipe(
    v.optional(Roles),
    v.description(
      'In an OpenStack project: what the permissions come to; none where it can only be managed.',
    ),
  ),
  capabilities: v.pipe(
    v.optional(Capabilities),
    v.description('At a server: all of them for who needs no assignment.'),
  ),
  rights: v.array(v.strictObject(rightEntries)),
})
