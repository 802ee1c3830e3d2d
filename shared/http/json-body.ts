import { DomainError } from '../domain/errors.ts'
import { readBody } from './body-limit.ts'
import { parseJson } from './strict-json.ts'

/** Whether the request says that its body is JSON: `application/json` or a `+json` type, with any parameters. */
export function isJson(request: Request): boolean {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? ''
  return /^application\/([a-z0-9.!#$&^_-]+\+)?json$/i.test(type)
}

/**
 * The body as JSON; `read` gives its bytes, where they are needed for more than that. Throws `unsupported-media-type`,
 * `too-large` or `invalid-request`.
 */
export async function readJson(
  request: Request,
  read: () => Promise<Uint8Array> = () => readBody(request),
): Promise<unknown> {
  if (!isJson(request)) throw new DomainError('unsupported-media-type', 'The body must be application/json.')
  return parseJson(await read())
}
