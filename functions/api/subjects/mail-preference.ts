import type { OwnMailbox } from '../../../shared/directory/set-opt-out.ts'
import { findOwnMailbox } from '../../../shared/directory/set-opt-out.ts'
import type { Representation } from '../openapi/representations.ts'
import { forbidden } from '../refusal.ts'
import type { Subject } from '../subject.ts'

/** Of the mailbox whose address the caller's token says is verified: nobody speaks for another one. */
export const theMailPreference: Subject<OwnMailbox> = {
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
