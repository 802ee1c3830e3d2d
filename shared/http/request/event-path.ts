import { isPlainPath, routablePath } from './plain-path.ts'

/** The path of an event of API Gateway's HTTP API, payload format 2.0. */
export type EventPath = {
  rawPath: string
  pathParameters?: Record<string, string | undefined> | null | undefined
}

/**
 * An HTTP API decodes the path, up to twice, and cuts it at a question mark that appears: `rawPath` of `/servers/web%23old`
 * is `/servers/web#old`, and of `/servers/web%3Fold` it is `/servers/web`. The part cut off may still be in the parameters.
 */
export function pathOfEvent({ rawPath, pathParameters }: EventPath): string {
  if (!isPlainPath(rawPath)) return routablePath(rawPath)
  const whole = `/${withoutSlashes(rawPath)}/`
  const cut = Object.values(pathParameters ?? {}).find(
    // Each parameter is one or several segments of the path.
    (value) => value !== undefined && !whole.includes(`/${withoutSlashes(value)}/`),
  )
  return cut === undefined ? rawPath : routablePath(`${rawPath}?${cut}`)
}

const withoutSlashes = (path: string): string => path.replaceAll(/^\/|\/$/g, '')
