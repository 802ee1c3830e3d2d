import * as v from 'valibot'
import {
  CustomerId,
  Line,
  lineOf,
  locked,
  lockReason,
  Moment,
  object,
  ProjectId,
  Remark,
  ServerId,
  times,
  etag,
} from './vocabulary.ts'

export const OpenStack = object('The project as OpenStack has it.', {
  state: v.picklist(['off', 'pending', 'ready', 'failed']),
  name: Line,
  projectId: v.optional(Line),
  error: v.optional(Line),
  since: Moment,
})
export const Project = object('The Main project of a customer, or one of its OpenStack projects.', {
  id: ProjectId,
  customerId: CustomerId,
  kind: v.picklist(['main', 'openstack']),
  name: Line,
  description: v.optional(Remark),
  status: v.picklist(['active', 'deleting']),
  locked,
  lockReason,
  openstack: v.optional(OpenStack),
  ...times,
  etag,
})

export const Server = object('A virtual server of the legacy platform.', {
  id: ServerId,
  customerId: CustomerId,
  hostname: lineOf(253),
  ...times,
  etag,
})
