import { isId } from '../../domain/values/id.ts'

/** Tag of every project of ours: one list finds them all. */
export const ourTag = 'latchkey'

/** Identifies a project, whatever its name. A tag has neither commas nor slashes, and our ids have neither. */
export function projectTag(customerId: string, projectId: string): string {
  return `${ourTag}:${customerId}:${projectId}`
}

/** Customer and project ids in the tags of a project of ours. Others may write tags: only valid ids count. */
export function ownerOf(tags: readonly string[]): { customerId: string; projectId: string } | undefined {
  for (const tag of tags) {
    const [ours, customerId, projectId, ...rest] = tag.split(':')
    if (ours !== ourTag || customerId === undefined || projectId === undefined || rest.length > 0) continue
    if (isId(customerId) && isId(projectId)) return { customerId, projectId }
  }
  return undefined
}

/**
 * The name in Keystone of a customer's project (by its name) or user (by the e-mail address), or an id in its place where
 * the name has to be free for another. No customer id has an underscore.
 */
export function nameInKeystone(customerId: string, name: string): string {
  return `${customerId}_${name}`
}

/**
 * The unique id by which a login with this e-mail address finds its user: Keystone's `mapped` plugin quotes the provider's
 * assertion as Python's `urllib.parse.quote` does.
 */
export function federatedIdOf(email: string): string {
  const quoted = encodeURIComponent(email).replaceAll('%2F', '/')
  return quoted.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
