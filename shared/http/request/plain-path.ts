/** Unreserved characters (RFC 3986, section 2.3) between slashes: identifiers and routes have no others. */
const unreserved = /^(?:\/[A-Za-z0-9._~-]*)+$/
const dotSegment = /\/\.\.?(?:\/|$)/

/**
 * True for a path that decoding and normalising leave as it is, however often they are done. Any other path may name one
 * resource to its sender and another one here.
 */
export function isPlainPath(path: string): boolean {
  return unreserved.test(path) && !dotSegment.test(path)
}

/** Returns the path to route by: itself if it's plain, else one that matches no route, even when it is normalised. */
export function routablePath(path: string): string {
  return isPlainPath(path) ? path : `/%20${path.split('/').map(escaped).join('/')}`
}

function escaped(segment: string): string {
  // A URL treats "%2e%2e" as two dots; escaping the percent sign too prevents that.
  if (/^\.\.?$/.test(segment)) return segment.replaceAll('.', '%252E')
  return encodeURIComponent(segment.toWellFormed())
}
