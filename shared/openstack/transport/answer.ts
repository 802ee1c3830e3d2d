import * as v from 'valibot'
import { KeystoneError, type KeystoneErrorCode } from './errors.ts'
import { retryAfterSeconds } from './retry.ts'
import type { Answer } from './transport.ts'

const codes: Record<number, KeystoneErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
}
const Refusal = v.object({ error: v.object({ message: v.string() }) })
const maxMessage = 500

export type ResponseContext = {
  now: () => Date
  /** Texts that are masked if Keystone quotes them. */
  secrets: readonly string[]
}

/**
 * Returns the JSON of a response with an expected status; undefined for a 204. Throws otherwise: Keystone's errors by their
 * status and with its message, any other response as `broken-answer`: a 404 in HTML comes from a proxy and tells nothing
 * about a user or a project.
 */
export function jsonFrom(answer: Answer, expected: number[], context: ResponseContext): unknown {
  if (!expected.includes(answer.status)) throw refusalOf(answer, context)
  return answer.status === 204 ? undefined : parsed(answer)
}

/** Parses a response's JSON by the schema. Throws `broken-answer` where it doesn't match. */
export function parseAs<S extends v.GenericSchema>(schema: S, json: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, json)
  if (result.success) return result.output
  const where = v.getDotPath(result.issues[0]) ?? 'its JSON'
  throw new KeystoneError('broken-answer', `Keystone's answer is not as expected: ${where}`, {
    mayHaveHappened: true,
  })
}

/** Returns a complete list. Throws `truncated` for an incomplete one: Keystone has no paging. */
export function parseCompleteList<S extends v.GenericSchema>(
  name: string,
  item: S,
  json: unknown,
): v.InferOutput<S>[] {
  const { truncated, links } = parseAs(Truncation, json)
  if (truncated || links?.next) {
    const advice = "raise or remove list_limit in Keystone's configuration"
    throw new KeystoneError('truncated', `Keystone's list of ${name} is cut short: ${advice}`)
  }
  return parseAs(v.object({ [name]: v.array(item) }), json)[name] ?? []
}

const Truncation = v.object({
  truncated: v.optional(v.boolean()),
  links: v.optional(v.object({ next: v.nullish(v.string()) })),
})

function refusalOf({ status, headers, body }: Answer, { now, secrets }: ResponseContext): KeystoneError {
  const details = {
    status,
    requestId: headers['x-openstack-request-id']?.toString(),
    mayHaveHappened: status < 400 || status >= 500,
  }
  const message = messageIn(body, secrets)
  if (status === 429) {
    return new KeystoneError('throttled', `Keystone has too much to do (429)${suffix(message)}`, {
      ...details,
      retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now()),
    })
  }
  if (status >= 500) {
    return new KeystoneError('failed', `Keystone failed (${status})${suffix(message)}`, {
      ...details,
      retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now()),
    })
  }
  if (status >= 400 && message !== undefined) {
    return new KeystoneError(
      codes[status] ?? 'refused',
      `Keystone refuses (${status})${suffix(message)}`,
      details,
    )
  }
  const location =
    status >= 300 && status < 400 && headers.location ? ` to ${originOf(headers.location)}` : ''
  return new KeystoneError(
    'broken-answer',
    `no Keystone answers there: ${status}${location} with ${kindOf(headers['content-type'])}`,
    details,
  )
}

function parsed({ status, headers, body }: Answer): unknown {
  try {
    const json: unknown = JSON.parse(body)
    return json
  } catch {
    throw new KeystoneError(
      'broken-answer',
      `no Keystone answers there: ${status} with ${kindOf(headers['content-type'])} that is not JSON`,
      { status, mayHaveHappened: true },
    )
  }
}

const suffix = (message: string | undefined) => (message === undefined ? '' : `: ${message}`)

function messageIn(body: string, secrets: readonly string[]): string | undefined {
  try {
    const result = v.safeParse(Refusal, JSON.parse(body))
    if (!result.success) return undefined
    const message = secrets.reduce(
      (text, secret) => text.replaceAll(secret, '***'),
      result.output.error.message,
    )
    return message.replaceAll(/\s+/g, ' ').trim().slice(0, maxMessage)
  } catch {
    return undefined
  }
}

/** The media type without its parameters. */
function kindOf(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().slice(0, 100) || 'no content type'
}

function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : 'elsewhere'
}
