import type { Route } from '../route.ts'
import { customerRoutes } from './customers.ts'
import { decisionRoutes } from './decisions.ts'
import { deliveryRoutes } from './deliveries.ts'
import { eventRoutes } from './events.ts'
import { exportRoutes } from './export.ts'
import { mailRoutes } from './mail.ts'
import { meRoutes } from './me.ts'
import { openstackRoutes } from './openstack.ts'
import { ownershipRoutes } from './ownership.ts'
import { projectRoutes } from './projects.ts'
import { reviewItemRoutes } from './review-items.ts'
import { reviewPolicyRoutes } from './review-policy.ts'
import { reviewReportRoutes } from './review-report.ts'
import { reviewRoutes } from './reviews.ts'
import { serverRoutes } from './servers.ts'
import { serviceRoutes } from './service.ts'
import { userRoutes } from './users.ts'

/** Everything there is to ask for; each path and method once. */
export const routes: readonly Route[] = [
  ...serviceRoutes,
  ...meRoutes,
  ...mailRoutes,
  ...customerRoutes,
  ...userRoutes,
  ...ownershipRoutes,
  ...projectRoutes,
  ...serverRoutes,
  ...reviewPolicyRoutes,
  ...reviewRoutes,
  ...reviewItemRoutes,
  ...reviewReportRoutes,
  ...eventRoutes,
  ...exportRoutes,
  ...decisionRoutes,
  ...deliveryRoutes,
  ...openstackRoutes,
]
