import * as v from 'valibot'
import { DomainError } from '../../../shared/domain/values/errors.ts'
import { deliveryStatuses } from '../../../shared/provisioning/delivery.ts'
import { findDeliveries } from '../../../shared/provisioning/find-deliveries.ts'
import { retryDelivery } from '../../../shared/provisioning/retry-delivery.ts'
import { operator } from '../authorization/access-rule.ts'
import { action } from '../changes/change-routes.ts'
import { noBody } from '../changes/read-request.ts'
import { list, read } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentDelivery, sourceName, deliveryResource } from './resource.ts'

const path = '/v1/deliveries/{source}/{id}'

export const deliveryRoutes: readonly Route[] = [
  list({
    path: '/v1/deliveries',
    id: 'listDeliveries',
    summary: 'Deliveries of webhook sources, newest first within each status',
    right: operator,
    query: {
      source: v.optional(v.pipe(v.string(), v.regex(sourceName, 'must be the name of a webhook source'))),
      status: v.optional(v.picklist(deliveryStatuses, `must be one of ${deliveryStatuses.join(', ')}`)),
    },
    etags: true,
    schema: 'delivery',
    find: ({ deps, filters: { source, status } }, page) => {
      const sources = source === undefined ? deps.sources : [source]
      if (sources.length === 0) throw sourceRequired()
      return findDeliveries(deps.table, { sources, status }, page)
    },
    show: (_call, delivery) => presentDelivery(delivery),
  }),
  read({
    path,
    id: 'readDelivery',
    summary: 'What became of a delivery',
    right: operator,
    of: deliveryResource,
  }),
  action({
    path: `${path}/retry`,
    id: 'retryDelivery',
    summary: 'Try a failed or waiting delivery again at once',
    right: operator,
    of: deliveryResource,
    body: noBody,
    plan: ({ context }, delivery) => retryDelivery(context, delivery),
  }),
]

function sourceRequired(): DomainError {
  return new DomainError('invalid-request', 'In the query: source is missing', [
    { pointer: 'source', detail: 'is missing' },
  ])
}
