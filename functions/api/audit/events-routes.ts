import * as v from 'valibot'
import { findEvents } from '../../../shared/directory/audit/find-events.ts'
import { Time } from '../../../shared/domain/text/text.ts'
import { requires } from '../authorization/access-rule.ts'
import { customerOf } from '../authorization/request-context.ts'
import { list } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentEvent } from './resource.ts'

/** The longest names an assignment: its type, a project or server, and a user. */
const Name = v.pipe(v.string(), v.maxLength(300, 'must be at most 300 characters long'))

export const eventRoutes: readonly Route[] = [
  list({
    path: '/v1/customers/{c}/events',
    id: 'listEvents',
    summary: 'What was changed, by whom and why, newest first',
    right: requires('audit.read'),
    query: {
      resource: v.optional(Name),
      actor: v.optional(Name),
      type: v.optional(Name),
      after: v.optional(Time),
      before: v.optional(Time),
    },
    schema: 'auditEvent',
    find: ({ filters, ...call }, page) => findEvents(call.deps.table, customerOf(call).id, filters, page),
    show: (_call, event) => presentEvent(event),
  }),
]
