import { etagOf } from '../../../shared/http/response/etag.ts'

const changingByItself = new Set(['openstack', 'lastSeenAt', 'nextReviewAt', 'decisionsEndedAt', 'inForce'])

/**
 * What an ETag covers: all but what changes without anybody changing the resource. Otherwise a change with `If-Match` would
 * be refused because Keystone has followed the one before.
 */
export function etaggedPart(shown: object): object {
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !changingByItself.has(name)))
}

export const etagOfShown = (shown: object): string => etagOf(etaggedPart(shown))

/** As an item of a list, which carries its ETag with it. */
export const withEtag = <T extends object>(shown: T): T & { etag: string } => ({
  ...shown,
  etag: etagOfShown(shown),
})

/** True where the ETag says of the whole answer whether it is the same: only then 304 may be given. */
export function isWhollyEtagged(shown: { openstack?: unknown }): boolean {
  const moving = Object.entries(shown).filter(
    ([name, value]) => changingByItself.has(name) && value !== undefined,
  )
  if (moving.some(([name]) => name !== 'openstack')) return false
  return shown.openstack === undefined || isOff(shown.openstack)
}

/** Without OpenStack nothing of it changes. */
const isOff = (openstack: unknown): boolean =>
  typeof openstack === 'object' && openstack !== null && 'state' in openstack && openstack.state === 'off'
