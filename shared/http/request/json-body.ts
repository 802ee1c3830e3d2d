import { DomainError } from '../../domain/values/errors.ts'
import { readBody } from './body-limit.ts'
import { isJson } from './media-type.ts'
import { parseJson } from './strict-json.ts'

/**
 * Parses the body as JSON. `read` returns its bytes, for callers that need them for more than that. Throws
 * `unsupported-media-type`, `too-large` or `invalid-request`.
 */
export async function readJson(
  request: Request,
  read: () => Promise<Uint8Array> = () => readBody(request),
): Promise<unknown> {
  checkIsJson(request)
  return parseJson(await read())
}

/** Throws `unsupported-media-type` unless the request's `Content-Type` is JSON. */
export function checkIsJson(request: Request): void {
  if (isJson(request.headers.get('content-type'))) return
  throw new DomainError('unsupported-media-type', 'The body must be application/json.')
}
