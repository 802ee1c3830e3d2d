import * as v from 'valibot'
import { Time } from '../../shared/domain/text/text.ts'
import { bodyLimit } from '../../shared/http/request/body-limit.ts'
import { headLimit } from '../../shared/http/request/head-limit.ts'
import { problemKinds } from '../../shared/http/response/problem.ts'
import { eventData } from '../../shared/provisioning/event-types.ts'
import type { Answer, Operation } from './answer.ts'
import { json } from './answers.ts'
import { headersOf } from './headers.ts'
import { reference, schemaOf } from './json-schema.ts'
import { capitalised } from './names.ts'
import { inHeader, inPath, type Parameter, shared } from './parameters.ts'
import type { ProblemCode } from './problems.ts'
import { refusal } from './refusals.ts'
import type { Schema } from './schema.ts'
import { limitTexts } from './simplify.ts'

/** The endpoint of deliveries: a Lambda of its own, and no route of the API. */
export const webhookPath = '/webhooks/{source}'

export const webhookOperation = (): Operation => ({
  operationId: 'receiveEvent',
  summary: 'Takes a signed event of the order system (Standard Webhooks 1.0.0), once',
  description:
    'Without a token: for who has a secret of the source. The event is recorded, and applied afterwards; what becomes of it tells `readDelivery`. The same once more gets the same answer.',
  tags: ['Deliveries'],
  security: [],
  parameters: [inPath('source'), ...signed, shared('requestId')],
  requestBody: { required: true, content: json(reference('ProvisioningEvent')) },
  responses: {
    202: {
      description: 'Recorded, and applied soon.',
      headers: headersOf(),
      content: json(reference('Receipt')),
    },
    ...Object.fromEntries(refused.map((code) => [problemKinds[code].status, refusalWith(code)])),
  },
})

const signed: Parameter[] = [
  inHeader(
    'webhook-id',
    'Of the event, the same whenever it is sent.',
    { pattern: '^[A-Za-z0-9_-]{1,128}$', maxLength: 128 },
    true,
  ),
  inHeader(
    'webhook-timestamp',
    'When it was signed, in seconds since 1970; five minutes ago at most.',
    { pattern: '^[1-9][0-9]{0,11}$', maxLength: 12 },
    true,
  ),
  inHeader(
    'webhook-signature',
    'Of `<id>.<timestamp>.<body>`: `v1,` with HMAC-SHA256 or `v1a,` with ed25519, in base64; several with blanks between them.',
    { pattern: '(^| )v1a?,', maxLength: headLimit },
    true,
  ),
]

const refused: readonly ProblemCode[] = [
  'invalid-request',
  'unauthenticated',
  'conflict',
  'too-large',
  'throttled',
  'internal',
  'unavailable',
]

function refusalWith(code: ProblemCode): Answer {
  const { status } = problemKinds[code]
  const answer = refusal({}, status, [code])
  return status === 401 ? { ...answer, headers: headersOf('WWW-Authenticate.webhook') } : answer
}

/** Schemas of an event of each type, and of any event, by name. Unknown fields are ignored. */
export function eventSchemas(): Record<string, Schema> {
  const events = Object.entries(eventData).map(([type, data]) => ({ type, name: eventName(type), data }))
  const mapping = Object.fromEntries(events.map(({ type, name }) => [type, reference(name).$ref]))
  // `discriminator` is a keyword of OpenAPI, not of JSON Schema.
  const anyEvent = {
    description: 'Something that has happened in the order system.',
    oneOf: events.map(({ name }) => reference(name)),
    discriminator: { propertyName: 'type', mapping },
  }
  return {
    ...Object.fromEntries(
      events.map(({ type, name, data }) => [
        name,
        {
          description: `The event \`${type}\`.`,
          ...limitTexts(schemaOf(v.object({ type: v.literal(type), timestamp: Time, data })), bodyLimit),
        },
      ]),
    ),
    ProvisioningEvent: anyEvent,
  }
}

const eventName = (type: string) => `${type.split('.').map(capitalised).join('')}Event`
