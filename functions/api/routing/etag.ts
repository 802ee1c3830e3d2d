import { etagOf } from '../../../shared/http/response/etag.ts'

const changingByItself = new Set(['openstack', 'lastSeenAt', 'nextReviewAt', 'decisionsEndedAt', 'inForce'])

/**
 * Returns the fields that an ETag covers: all but those that change without anybody changing the resource. Otherwise a change
 * with `If-Match` would fail because Keystone has followed the one before.
 */
export function etaggedPart(shown: object): object {
  return Object.fromEntries(Object.entries(shown).filter(([name]) => !changingByItself.has(name)))
}

export const etagOfShown = (shown: object): string => etagOf(etaggedPart(shown))

/** An item of a list carries its ETag as a field. */
export const withEtag = <T extends object>(shown: T): T & { etag: string } => ({
  ...shown,
  etag: etagOfShown(shown),
})

/** True where the ETag covers the whole response: only then 304 may be sent. */
export function isWhollyEtagged(shown: { openstack?: unknown }): boolean {
  const moving = Object.entries(shown).filter(
    ([name, value]) => changingByItself.has(name) && value !== undefined,
  )
  if (moving.some(([name]) => name !== 'openstack')) return false
  return shown.openstack === undefined || isOff(shown.openstack)
}

/** The state of OpenStack never changes where it is off. */
const isOff = (openstack: unknown): boolean =>
  typeof openstack === 'object' && openstack !== null && 'state' in openstack && openstack.state === 'off'
