import { toLambda } from '../../../../functions/api/routing/lambda-response.ts'
import { routablePath } from '../../../../shared/http/request/plain-path.ts'
import type { Draft } from './drafts.ts'
import type { Service } from './service.ts'

/** What came back, and which URL the API was asked for, as it understands it. */
export type Answer = { status: number; headers: Headers; text: string; url: string }

const origin = 'https://latchkey.test'

/** As a test sends it; undefined where there can be no such `Request`. */
export async function sendAsRequest({ app }: Service, draft: Draft): Promise<Answer | undefined> {
  const request = requestOf(draft)
  if (!request) return undefined
  const response = await app.fetch(request)
  const { status, headers } = response
  return { status, headers, text: await response.text(), url: request.url }
}

function requestOf({ method, target, headers, body }: Draft): Request | undefined {
  try {
    return new Request(origin + target, { method, headers, ...(body && { body: new Uint8Array(body) }) })
  } catch {
    return undefined
  }
}

const methods = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

/**
 * As API Gateway hands it to the Lambda, the path as it was sent or decoded; undefined for what API Gateway lets
 * nobody send.
 */
export async function sendAsEvent(
  { app }: Service,
  draft: Draft,
  path: 'decoded' | 'as sent',
): Promise<Answer | undefined> {
  const event = eventOf(draft, path)
  const { rawPath, rawQueryString } = event
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`
  if (!methods.includes(draft.method)) return undefined
  const { href: url } = new URL(`${origin}${routablePath(rawPath)}${query}`)
  const { statusCode, body, isBase64Encoded, ...answer } = await toLambda(app)(event)
  return {
    status: statusCode,
    headers: new Headers(answer.headers as Record<string, string>),
    text: isBase64Encoded ? Buffer.from(body, 'base64').toString() : body,
    url,
  }
}

type Event = Parameters<ReturnType<typeof toLambda>>[0]

/** Payload format 2.0: names in lower case, values of the same name joined, a body that is no text in Base64. */
export function eventOf(
  { method, target, headers, body }: Pick<Draft, 'method' | 'target' | 'headers' | 'body'>,
  as: 'decoded' | 'as sent',
): Event {
  const [, path = '', rawQueryString = ''] = /^([^?#]*)\??([^#]*)/.exec(target) ?? []
  const rawPath = as === 'decoded' ? decoded(path) : path
  const names = [...new Set(headers.map(([name]) => name))]
  const valuesOf = (name: string) => headers.filter(([each]) => each === name).map(([, value]) => value)
  const text = body?.toString() ?? ''
  const isText = Buffer.from(text).equals(body ?? Buffer.alloc(0))
  return {
    version: '2.0',
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(names.map((name) => [name, valuesOf(name).join(',')])),
    body: isText ? text : body?.toString('base64'),
    isBase64Encoded: !isText,
    requestContext: { domainName: new URL(origin).host, http: { method, path: rawPath }, stage: '$default' },
  } as Partial<Event> as Event
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
