import type { MiddlewareHandler } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'

/** 16 KiB, as much as Node takes; API Gateway lets 10 KiB through. */
export const headLimit = 16 * 1024

/** Refuses, before anything reads them, a URL and headers of more characters than that together: `invalid-request`. */
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
