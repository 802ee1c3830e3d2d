import { findOwnMailbox, type OwnMailbox } from '../../../shared/mail/set-opt-out.ts'
import { forbidden } from '../authorization/denial.ts'
import type { Resource } from '../routing/resource.ts'
import type { Representation } from '../schemas.ts'

/** The mailbox of the verified address in the caller's token: nobody sets the preference of another one. */
export const mailPreferenceResource: Resource<OwnMailbox> = {
  schema: 'mailPreference',
  name: 'mail preference',
  load: ({ deps, c }) => {
    const principal = c.get('principal')
    if (principal.kind !== 'login' || !principal.emailVerified || principal.email === undefined) {
      throw forbidden('The access token has no verified e-mail address.')
    }
    return findOwnMailbox(deps.table, principal.email)
  },
  show: (_call, { email, mailbox }): Representation<'mailPreference'> => ({
    email,
    optedOut: mailbox.optedOut !== undefined,
  }),
}
