import { invitationDays } from '../../shared/domain/entities/user.ts'
import { addMilliseconds, type Instant } from '../../shared/domain/values/instant.ts'
import {
  findInvitation,
  findInvited,
  type InvitationRef,
  invitationWrite,
  mostInvitedADay,
  oneMoreInvited,
} from '../../shared/mail/invitation-store.ts'
import type { Invitation } from '../../shared/mail/invitation.ts'
import { asCustomer } from '../../shared/records/customers.ts'
import { asUser } from '../../shared/records/users.ts'
import type { Versioned } from '../../shared/table/item.ts'
import { keys } from '../../shared/table/keys.ts'
import { renderInvitation } from './invitation-text.ts'
import { type Mailing, type NotificationsOptions, type Prepared, undeliverable } from './send-message.ts'

type Options = Pick<NotificationsOptions, 'table' | 'publicUrl'>

/** Invitations of users without a login, while one may be linked. */
export const invitationsBy = (options: Options, ref: InvitationRef): Mailing<Invitation> => ({
  find: (table) => findInvitation(table, ref),
  write: invitationWrite,
  prepare: (invitation, now) => prepareInvitation(options, invitation, now),
})

async function prepareInvitation(
  { table, publicUrl }: Options,
  invitation: Versioned<Invitation>,
  now: Instant,
): Promise<Prepared<Invitation>> {
  const { customerId, userId, number, again } = invitation
  const itemKeys = [keys.user(customerId, userId), keys.customer(customerId)]
  const [[userItem, customerItem], invited] = await Promise.all([
    table.getMany(itemKeys),
    findInvited(table, customerId),
  ])
  const [user, customer] = [asUser(userItem), asCustomer(customerItem)]
  if (!user || user.deleted) return undeliverable('the user is gone')
  if (user.status !== 'active') return undeliverable('the user is disabled')
  if (!customer || customer.status === 'closed') return undeliverable('the customer is closed')
  if (user.login) return undeliverable('a login is linked already')
  if (user.invitations?.count !== number) return undeliverable('a later invitation has taken its place')
  const endsAt = addMilliseconds(user.invitedAt, invitationDays * 86_400_000)
  if (endsAt <= now) return undeliverable('the invitation is over')
  const today = now.slice(0, 10)
  // A retry was counted at its first attempt.
  const isCounted = invitation.failures !== undefined
  if (!isCounted && invited?.day === today && invited.count >= mostInvitedADay) {
    const due = addMilliseconds(`${today}T00:00:00.000000000Z`, 86_400_000)
    return { outcome: 'later', due, problem: 'the customer has invited as many people as it may in a day' }
  }
  const facts = { customerId, organisation: customer.organisation, user, endsAt, publicUrl }
  return {
    outcome: 'ready',
    pending: invitation,
    kind: again ? 'again' : 'invitation',
    to: user.email,
    render: (unsubscribe) => renderInvitation({ ...facts, unsubscribe }),
    counts: isCounted ? [] : [oneMoreInvited(customerId, today, invited)],
  }
}
