import { isId } from '../../domain/values/id.ts'

/** On every project of ours, so that one list finds them all. */
export const ourTag = 'latchkey'

/** What a project is known by, whatever it is called. A tag has neither commas nor slashes, and our ids have neither. */
export function projectTag(customerId: string, projectId: string): string {
  return `${ourTag}:${customerId}:${projectId}`
}

/** Customer and project of a project of ours. Tags are anybody's to write: what is no id is nobody's. */
export function ownerOf(tags: readonly string[]): { customerId: string; projectId: string } | undefined {
  for (const tag of tags) {
    const [ours, customerId, projectId, ...rest] = tag.split(':')
    if (ours !== ourTag || customerId === undefined || projectId === undefined || rest.length > 0) continue
    if (isId(customerId) && isId(projectId)) return { customerId, projectId }
  }
  return undefined
}

/**
 * What is called after a customer's project (its name), user (the e-mail address), or after an id where the name is to
 * be free for another. No customer id has an underscore.
 */
export function nameInKeystone(customerId: string, name: string): string {
  return `${customerId}_${name}`
}

/**
 * The unique id under which a login with this e-mail address looks for its user: Keystone's `mapped` plugin quotes what
 * the provider asserts as Python's `urllib.parse.quote` does.
 */
export function federatedIdOf(email: string): string {
  const quoted = encodeURIComponent(email).replaceAll('%2F', '/')
  return quoted.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
