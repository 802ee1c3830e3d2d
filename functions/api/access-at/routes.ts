import * as v from 'valibot'
import { listAccessAt } from '../../../shared/directory/access-at/list-access-at.ts'
import { Time } from '../../../shared/domain/text/text.ts'
import { requires } from '../authorization/access-rule.ts'
import { customerOf } from '../authorization/request-context.ts'
import { list } from '../routing/read-routes.ts'
import type { Route } from '../routing/route.ts'
import { presentAccessAt } from './resource.ts'

/** As `shared/domain/values/id.ts` has them: no other text gets into a key. */
const idPattern = '[A-Za-z0-9._-]{1,128}'
const Subject = v.pipe(v.string(), v.regex(new RegExp(`^user/${idPattern}$`), 'must be user/ and an id'))
const Resource = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^(customer|user|project|server)/${idPattern}$`),
    'must be customer, user, project or server, / and an id',
  ),
)

export const accessAtRoutes: readonly Route[] = [
  list({
    path: '/v1/customers/{c}/access/at',
    id: 'listAccessAt',
    summary: 'Who had access to what at a time in the last 400 days, why, and who had given it',
    right: requires('audit.read'),
    query: { time: Time, subject: v.optional(Subject), resource: v.optional(Resource) },
    schema: 'accessAt',
    find: ({ filters: { time, subject, resource }, ...call }, page) =>
      listAccessAt(
        { table: call.deps.table, customer: customerOf(call), time, now: call.now },
        { subject: partsOf(subject)?.id, resource: partsOf(resource) },
        page,
      ),
    show: (_call, access) => presentAccessAt(access),
  }),
]

function partsOf(reference: string | undefined): { type: string; id: string } | undefined {
  const [type, id] = reference?.split('/') ?? []
  return type && id ? { type, id } : undefined
}
