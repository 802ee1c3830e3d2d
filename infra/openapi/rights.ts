import type { DocumentedRoute } from './documented.ts'

/** A sentence on the permission that the route requires. */
export function rightInWords(right: DocumentedRoute['right']): string {
  if (right.kind === 'permission')
    return `Needs \`${right.action}\` on the ${right.on}; operators may always.`
  if (right.kind === 'list') return `Lists what the caller may read: needs \`${right.action}\` on anything.`
  if (right.kind === 'ownership') return owners[right.to]
  return others[right.kind]
}

const owners = {
  offer: 'For the main-customer.',
  see: 'For the main-customer, who it is offered to, and operators.',
  withdraw: 'For the main-customer and operators.',
  accept: 'For who it is offered to.',
}

const others = {
  anybody: 'For anybody, without a token.',
  token: 'For every access token, whomever it stands for.',
  mailbox: 'For every login whose token has a verified e-mail address.',
  decision:
    'For `check` and operators about everybody, for a user about itself, with `user.read` about anybody of its customer.',
  operator: 'For operators.',
  reviewing: 'Needs `review.manage`, or to be asked about something in the review; operators may always.',
  members: 'Needs `project.manage` on the project, for `main` `user.manage`; operators may always.',
}
