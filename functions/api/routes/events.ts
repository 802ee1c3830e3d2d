import { Hono } from 'hono'
import * as v from 'valibot'
import { findEvents } from '../../../shared/directory/find-events.ts'
import { Time } from '../../../shared/domain/text.ts'
import type { Guards } from '../authorize.ts'
import type { ApiDeps, ApiEnv } from '../deps.ts'
import { pageOf } from '../paging.ts'
import { pageParameters, readQuery } from '../query.ts'
import { presentEvent } from '../representations/event.ts'

const filters = {
  resource: v.optional(v.string()),
  actor: v.optional(v.string()),
  type: v.optional(v.string()),
  after: v.optional(Time),
  before: v.optional(Time),
}

export function eventRoutes(deps: ApiDeps, { may }: Guards) {
  const routes = new Hono<ApiEnv>()

  routes.get('/', may('audit.read'), async (c) => {
    const query = readQuery(c, { ...filters, ...pageParameters })
    const page = pageOf(deps, c, query)
    const events = await findEvents(deps.table, c.get('access').customer.id, query, page)
    return c.json(page.present(events, presentEvent))
  })

  return routes
}
