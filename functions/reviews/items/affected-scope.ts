import type { AuditEvent } from '../../../shared/domain/values/audit-event.ts'

/** What of a customer has changed that a review may have to look at. */
export type AffectedScope = {
  users: Set<string>
  projects: Set<string>
  servers: Set<string>
  review: boolean
}

/** Told from what audit events list. A review's own items don't concern it. */
export function affectedBy(events: readonly AuditEvent[]): AffectedScope {
  const concerned: AffectedScope = {
    users: new Set(),
    projects: new Set(),
    servers: new Set(),
    review: false,
  }
  for (const { resource } of events.flatMap(({ changes }) => changes)) {
    const [first = '', userId] = resource.id.split('/')
    if (resource.type === 'user') concerned.users.add(first)
    else if (resource.type === 'membership' || resource.type === 'assignment')
      concerned.users.add(userId ?? '')
    else if (resource.type === 'project') concerned.projects.add(first)
    else if (resource.type === 'server') concerned.servers.add(first)
    else if (resource.type === 'customer' || (resource.type === 'review' && userId === undefined)) {
      concerned.review = true
    }
  }
  return concerned
}
