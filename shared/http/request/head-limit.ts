import type { MiddlewareHandler } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'

/** 16 KiB, Node's own limit; API Gateway's is 10 KiB. */
export const headLimit = 16 * 1024

/** Throws `invalid-request`, before anything reads them, for a URL and headers of more characters than that together. */
export const limitHead: MiddlewareHandler = (c, next) => {
  let size = c.req.raw.url.length
  for (const [name, value] of c.req.raw.headers) size += name.length + value.length
  if (size > headLimit) throw tooLong()
  return next()
}

const tooLong = () =>
  new DomainError(
    'invalid-request',
    `The URL and the headers have more than ${headLimit} characters together.`,
  )
