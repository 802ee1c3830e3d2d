import { accessAtRoutes } from './access-at/routes.ts'
import { eventRoutes } from './audit/events-routes.ts'
import { exportRoutes } from './audit/export-routes.ts'
import { customerRoutes } from './customers/routes.ts'
import { deliveryRoutes } from './deliveries/routes.ts'
import { mailRoutes } from './mail/routes.ts'
import { openstackRoutes } from './openstack/routes.ts'
import { ownershipRoutes } from './ownership/routes.ts'
import { projectRoutes } from './projects/routes.ts'
import { reviewItemRoutes } from './reviews/item-routes.ts'
import { reviewPolicyRoutes } from './reviews/policy-routes.ts'
import { reviewReportRoutes } from './reviews/report-routes.ts'
import { reviewRoutes } from './reviews/routes.ts'
import type { Route } from './routing/route.ts'
import { serverRoutes } from './servers/routes.ts'
import { serviceRoutes } from './service/routes.ts'
import { meRoutes } from './users/me-routes.ts'
import { userRoutes } from './users/routes.ts'

/** All routes of the API, each path and method once. */
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
  ...accessAtRoutes,
  ...deliveryRoutes,
  ...openstackRoutes,
]
