import { DomainError } from '../domain/errors.ts'
import { readBody } from './body-limit.ts'
import { parseJson } from './strict-json.ts'

/** Whether the request says that its body is JSON: `application/json` or a `+json` type, with any parameters. */
export function isJson(request: Request): boolean {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? ''
  return /^application\/([a-z0-9.!#$&^_-]+\+)?json$/i.test(type)
}

/** The body as JSON. Throws `unsupported-media-type`, `too-large` or `invalid-request`. */
export async function readJson(request: Request): Promise<unknown> {
  if (!isJson(request)) throw new DomainError('unsupported-media-type', 'The body must be application/json.')
  return parseJson(await readBody(request))
}
