import type { User } from '../../shared/domain/entities/user.ts'
import type { Instant } from '../../shared/domain/values/instant.ts'
import { quote } from '../../shared/mail/quote.ts'
import { footer } from './footer.ts'
import type { Message } from './notifier.ts'
import { writtenTime } from './written-time.ts'

type InvitationFacts = {
  customerId: string
  organisation: string
  user: Pick<User, 'name' | 'email'>
  /** End of the time to link a login. */
  endsAt: Instant
  /** Base URL of the API, without a slash at the end. */
  publicUrl: string
  unsubscribe: string
}

/** Renders an invitation as plain text, with the customer's own words as quoted lines. */
export function renderInvitation({
  customerId,
  organisation,
  user,
  endsAt,
  ...facts
}: InvitationFacts): Message {
  const { publicUrl, unsubscribe } = facts
  const text = [
    'Hello,',
    `somebody at our customer ${customerId} has made a user for you there. In their own words, the customer and you are called:`,
    `${quote(organisation)}\n${quote(user.name)}`,
    `To accept, sign in with this e-mail address until ${writtenTime(endsAt)}. By the API:\n${publicUrl}/v1/me`,
    "If you don't know them, do nothing: without you nothing comes of it.",
    footer(unsubscribe),
  ]
  return {
    to: user.email,
    subject: `You are invited to ${customerId}`,
    text: `${text.join('\n\n')}\n`,
    unsubscribe,
  }
}
