import type { MiddlewareHandler } from 'hono'
import { DomainError } from '../../domain/values/errors.ts'

/** 16 KiB, Node's own limit; API Gateway's is 10 KiB. */
export const headLimit = 16 * 1024

/** Checks the head before anything reads it. */
export const limitHead: MiddlewareHandler = (c, next) => {
  checkHead(c.req.raw.url.length, c.req.raw.headers)
  return next()
}

/** Throws `invalid-request` for a URL and headers of more characters than that together. */
export function checkHead(urlLength: number, headers: Iterable<[name: string, value: string]>): void {
  let size = urlLength
  for (const [name, value] of headers) size += name.length + value.length
  if (size > headLimit) throw tooLong()
}

const tooLong = () =>
  new DomainError(
    'invalid-request',
    `The URL and the headers have more than ${headLimit} characters together.`,
  )
