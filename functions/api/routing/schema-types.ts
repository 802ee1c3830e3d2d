import * as v from 'valibot'
import { capabilities } from '../../../shared/domain/entities/capability.ts'
import { levels, mainRoles, mostRoles, services } from '../../../shared/domain/entities/role.ts'
import { headLimit } from '../../../shared/http/request/head-limit.ts'

const ulid = '[0-9A-HJKMNP-TV-Z]{26}'
const text = (pattern: string, description: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${pattern}$`)), v.description(description))

/** Types of the representations' fields, with patterns that JSON Schema can express. */
export const CustomerId = text(
  '[A-Za-z0-9.-]{1,32}',
  'Identifier of a customer, such as `BGE000081`; the deployment decides on the pattern.',
)
export const UserId = text(`usr_${ulid}`, 'Identifier of a user.')
export const ProjectId = text(`(main|prj_${ulid})`, 'Identifier of a project; `main` is the Main project.')
export const ServerId = text(
  '[A-Za-z0-9][A-Za-z0-9._-]{0,127}',
  'Identifier of a server, as the provider names it.',
)
export const Ulid = text(ulid, 'ULID: sorts by time.')
export const ReviewItemId = text(
  `usr_${ulid}\\.(project|server)\\.[A-Za-z0-9._-]{1,128}`,
  'Whose grant, and on what: the same in every review.',
)
export const Source = text('[A-Za-z0-9_-]{1,64}', 'Name of a webhook source.')
export const DeliveryId = text('[A-Za-z0-9_-]{1,128}', 'The `webhook-id`, unique within its source.')
export const Cursor = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]+$/),
  v.maxLength(headLimit),
  v.description('Opaque; good for the list and the filters it was given out with.'),
)
export const MailToken = text(String.raw`[\w-]{43}\.[\w-]{43}`, 'What the link of a message ends with.')
export const RequestId = text('[ -~]{1,128}', 'Stands in the logs, and in `X-Request-Id`.')

/** RFC 3339 in UTC, milliseconds or nanoseconds. No pattern: clients would match it against a time that they have parsed. */
export const Moment = v.pipe(
  v.string(),
  v.metadata({ format: 'date-time', description: 'A time in UTC, to the millisecond or nanosecond.' }),
)
export const EmailAddress = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9.-]+$/),
  v.maxLength(240),
  v.metadata({ format: 'email', description: 'E-mail address: lower case, the domain in its ASCII form.' }),
)

export const Role = text(
  `(full|${mainRoles.join('|')}|(${services.join('|')}):(${levels.join('|')}))`,
  '`<service>:<level>` or `full` in an OpenStack project, `cdn` in the Main project.',
)
export const Capability = v.pipe(
  v.picklist(capabilities),
  v.description('What may be done with a server; every assignment includes `view`.'),
)
export const Roles = v.pipe(v.array(Role), v.maxLength(mostRoles))
export const Capabilities = v.pipe(v.array(Capability), v.maxLength(capabilities.length))
/** The same, where the domain's type is only a text. */
const CapabilityName = text(`(${capabilities.join('|')})`, 'What may be done with a server.')
export const CapabilityNames = v.pipe(v.array(CapabilityName), v.maxLength(capabilities.length))
export const Count = v.pipe(v.number(), v.integer(), v.minValue(0))
export const source = v.pipe(
  v.picklist(['explicit', 'webhook', 'review', 'scim', 'type']),
  v.description('Where it comes from; `type`: with the type of the user.'),
)
export const GrantedBy = v.pipe(
  v.string(),
  v.regex(/^(user|operator|webhook|review|system):/),
  v.description('Kind and identifier of who granted it; absent where it comes with the type.'),
)

/** A line of text for people. */
export const Line = v.pipe(v.string(), v.minLength(1))
export const lineOf = (most: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(most))
export const Name = lineOf(200)
/** A reason or description, as it was sent. */
export const Remark = lineOf(500)
export const times = { createdAt: Moment, updatedAt: Moment }
/** Field of resources that can be read by themselves. */
export const etag = v.pipe(
  v.optional(v.pipe(v.string(), v.regex(/^"[A-Za-z0-9_-]{32}"$/))),
  v.description('In lists: the ETag of the item, good for `If-Match`.'),
)

/** An object without other fields, described in a sentence. */
export const object = <T extends v.ObjectEntries>(description: string, entries: T) =>
  v.pipe(v.strictObject(entries), v.description(description))

/** Field of resources that can't be changed. */
export const locked = v.pipe(
  v.boolean(),
  v.description('True where the same verbs would be refused to everybody.'),
)
export const lockReason = v.optional(Line)

export const Actor = object('Who does something.', {
  kind: v.picklist(['user', 'operator', 'webhook', 'review', 'system']),
  id: v.string(),
  name: v.optional(v.string()),
})
