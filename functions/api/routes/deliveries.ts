import { Hono } from 'hono'
import * as v from 'valibot'
import type { Principal } from '../../../shared/auth/tokens.ts'
import type { Context } from '../../../shared/directory/context.ts'
import { findDeliveries } from '../../../shared/directory/find-deliveries.ts'
import { retryDelivery } from '../../../shared/directory/retry-delivery.ts'
import { deliveryStatuses } from '../../../shared/domain/delivery.ts'
import { DomainError } from '../../../shared/domain/errors.ts'
import { instantOf, stampOf } from '../../../shared/domain/instant.ts'
import { respondWithEtag } from '../../../shared/http/etag.ts'
import { findDelivery } from '../../../shared/table/deliveries.ts'
import { notAnOperator, operatorsOnly } from '../authenticate.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { notFound } from '../refusal.ts'
import { presentDelivery } from '../representations/delivery.ts'

const sourceName = /^[A-Za-z0-9_-]{1,64}$/
const deliveryId = /^[A-Za-z0-9_-]{1,128}$/

const filters = {
  source: v.optional(v.pipe(v.string(), v.regex(sourceName, 'must be the name of a webhook source'))),
  status: v.optional(v.picklist(deliveryStatuses, `must be one of ${deliveryStatuses.join(', ')}`)),
}

export function deliveryRoutes(deps: ApiDeps) {
  const { table } = deps
  const routes = new Hono<ApiEnv>()
  routes.use(operatorsOnly)

  routes.get('/', async (c) => {
    const query = readQuery(c, { ...filters, ...pageParameters })
    const page = pageOf(deps, c, query)
    const sources = query.source === undefined ? deps.sources : [query.source]
    if (sources.length === 0) throw sourceRequired()
    const deliveries = await findDeliveries(table, { sources, status: query.status }, page)
    return c.json(page.present(deliveries, presentDelivery))
  })

  routes.get('/:source/:id', async (c) => {
    readQuery(c, {})
    const { source, id } = nameOf(c.req.param('source'), c.req.param('id'))
    const delivery = await findDelivery(table, source, id)
    if (!delivery) throw notFound('delivery')
    return respondWithEtag(c, presentDelivery(delivery))
  })

  routes.post('/:source/:id/retry', async (c) => {
    readQuery(c, {})
    const name = nameOf(c.req.param('source'), c.req.param('id'))
    const retried = await retryDelivery(operatorContext(deps, c.get('principal')), name)
    return c.json(presentDelivery(retried))
  })

  return routes
}

function operatorContext({ table, now }: ApiDeps, principal: Principal): Context {
  if (principal.kind !== 'operator') throw notAnOperator()
  const at = instantOf(now())
  const { kind, id, name } = principal
  return { table, actor: { kind, id, name }, stamp: stampOf(at, id), now: at }
}

function nameOf(source: string, id: string) {
  if (!sourceName.test(source) || !deliveryId.test(id)) throw notFound('delivery')
  return { source, id }
}

function sourceRequired(): DomainError {
  return new DomainError('invalid-request', 'In the query: source is missing', [
    { pointer: 'source', detail: 'is missing' },
  ])
}
