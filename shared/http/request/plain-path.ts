/** Unreserved characters (RFC 3986, section 2.3) between slashes: all that identifiers and routes are made of. */
const unreserved = /^(?:\/[A-Za-z0-9._~-]*)+$/
const dotSegment = /\/\.\.?(?:\/|$)/

/**
 * True for a path that decoding and normalising leave as it is, however often they are done. Any other may be one thing to
 * its sender and another one here.
 */
export function isPlainPath(path: string): boolean {
  return unreserved.test(path) && !dotSegment.test(path)
}

/** The path to route by: itself if it's plain, else one that begins like none of the routes, and isn't normalised to one. */
export function routablePath(path: string): string {
  return isPlainPath(path) ? path : `/%20${path.split('/').map(escaped).join('/')}`
}

function escaped(segment: string): string {
  // A URL takes "%2e%2e" for two dots; a percent sign that is escaped itself keeps them from being any.
  if (/^\.\.?$/.test(segment)) return segment.replaceAll('.', '%252E')
  return encodeURIComponent(segment.toWellFormed())
}
