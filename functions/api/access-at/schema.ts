import * as v from 'valibot'
import { resourceTypes } from '../../../shared/domain/access/permissions.ts'
import { userTypes } from '../../../shared/domain/entities/user-type.ts'
import { rightEntries } from '../grants/schema.ts'
import { EmailAddress, GrantedBy, Line, Moment, Name, object, Ulid, UserId } from '../routing/schema-types.ts'

const Given = v.strictObject({
  by: GrantedBy,
  at: v.pipe(Moment, v.description('When the grant was made; of a type, the time from which it counts.')),
  event: v.pipe(
    v.optional(Ulid),
    v.description('The audit event: found where subject and resource are both given.'),
  ),
})

export const AccessAt = object('What a user was allowed at a time, as it was decided then.', {
  user: v.strictObject({
    id: UserId,
    email: EmailAddress,
    name: Name,
    type: v.picklist(userTypes),
    status: v.picklist(['active', 'disabled']),
  }),
  resource: v.strictObject({ type: v.picklist(resourceTypes), id: Line, name: Line }),
  rights: v.array(
    v.strictObject({
      ...rightEntries,
      given: v.pipe(
        v.optional(Given),
        v.description('Who gave the deciding grant, or the type that decides; absent where nobody did.'),
      ),
    }),
  ),
})
