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

export type Hearing = {
  now: () => Date
  /** What may not be repeated, should Keystone quote it. */
  secrets: readonly string[]
}

/**
 * The JSON of an answer with a status that was expected; `undefined` of a 204. Anything else is thrown: Keystone's
 * own refusals by their status and in its words, and what can't be Keystone's as `broken-answer`: a 404 in HTML is some
 * proxy's and says nothing about a user or a project.
 */
export function jsonOf(answer: Answer, expected: number[], hearing: Hearing): unknown {
  if (!expected.includes(answer.status)) throw refusalOf(answer, hearing)
  return answer.status === 204 ? undefined : parsed(answer)
}

/** What the schema makes of an answer's JSON. Throws `broken-answer` where it doesn't fit. */
export function shaped<S extends v.GenericSchema>(schema: S, json: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, json)
  if (result.success) return result.output
  const where = v.getDotPath(result.issues[0]) ?? 'its JSON'
  throw new KeystoneError('broken-answer', `Keystone's answer is not as expected: ${where}`, {
    mayHaveHappened: true,
  })
}

/** A whole list. Throws `truncated` where there is more than the answer holds: Keystone knows no next page. */
export function wholeList<S extends v.GenericSchema>(
  name: string,
  item: S,
  json: unknown,
): v.InferOutput<S>[] {
  const { truncated, links } = shaped(Truncation, json)
  if (truncated || links?.next) {
    const advice = "raise or remove list_limit in Keystone's configuration"
    throw new KeystoneError('truncated', `Keystone's list of ${name} is cut short: ${advice}`)
  }
  return shaped(v.object({ [name]: v.array(item) }), json)[name] ?? []
}

const Truncation = v.object({
  truncated: v.optional(v.boolean()),
  links: v.optional(v.object({ next: v.nullish(v.string()) })),
})

function refusalOf({ status, headers, body }: Answer, { now, secrets }: Hearing): KeystoneError {
  const circumstances = {
    status,
    requestId: headers['x-openstack-request-id']?.toString(),
    mayHaveHappened: status < 400 || status >= 500,
  }
  const words = wordsOf(body, secrets)
  if (status === 429) {
    return new KeystoneError('throttled', `Keystone has too much to do (429)${told(words)}`, {
      ...circumstances,
      retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now()),
    })
  }
  if (status >= 500) {
    return new KeystoneError('failed', `Keystone failed (${status})${told(words)}`, {
      ...circumstances,
      retryAfterSeconds: retryAfterSeconds(headers['retry-after'], now()),
    })
  }
  if (status >= 400 && words !== undefined) {
    return new KeystoneError(
      codes[status] ?? 'refused',
      `Keystone refuses (${status})${told(words)}`,
      circumstances,
    )
  }
  const location =
    status >= 300 && status < 400 && headers.location ? ` to ${originOf(headers.location)}` : ''
  return new KeystoneError(
    'broken-answer',
    `no Keystone answers there: ${status}${location} with ${kindOf(headers['content-type'])}`,
    circumstances,
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

const told = (words: string | undefined) => (words === undefined ? '' : `: ${words}`)

function wordsOf(body: string, secrets: readonly string[]): string | undefined {
  try {
    const result = v.safeParse(Refusal, JSON.parse(body))
    if (!result.success) return undefined
    const words = secrets.reduce(
      (text, secret) => text.replaceAll(secret, '***'),
      result.output.error.message,
    )
    return words.replaceAll(/\s+/g, ' ').trim().slice(0, maxMessage)
  } catch {
    return undefined
  }
}

/** Without parameters, which are of no use to a reader. */
function kindOf(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]?.trim().slice(0, 100) || 'no content type'
}

function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : 'elsewhere'
}
