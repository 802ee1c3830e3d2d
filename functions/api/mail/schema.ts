import * as v from 'valibot'
import { EmailAddress, object } from '../routing/schema-types.ts'

export const MailPreference = object('Whether messages go to an address.', {
  email: EmailAddress,
  optedOut: v.pipe(v.boolean(), v.description('True: none is sent there, whoever has something to say.')),
})
