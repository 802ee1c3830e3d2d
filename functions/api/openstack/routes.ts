import { operator } from '../authorization/access-rule.ts'
import { custom } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { findOpenStackStatus } from './status.ts'

export const openstackRoutes: readonly Route[] = [
  custom({
    method: 'get',
    path: '/v1/openstack',
    id: 'readOpenStack',
    summary:
      'Is OpenStack as the directory says? How many projects are, and are not, and what the last pass found',
    right: operator,
    response: { status: 200, schema: 'openstackStatus' },
    respond: async ({ c, deps }) => c.json(await findOpenStackStatus(deps)),
  }),
]
