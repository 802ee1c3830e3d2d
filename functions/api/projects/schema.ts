import * as v from 'valibot'
import { OpenStack } from '../openstack/schema.ts'
import {
  CustomerId,
  etag,
  Line,
  locked,
  lockReason,
  object,
  ProjectId,
  Remark,
  times,
} from '../routing/schema-types.ts'

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
