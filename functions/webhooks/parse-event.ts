import * as v from 'valibot'
import { CustomerId } from '../../shared/domain/entities/customer.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { validate } from '../../shared/domain/values/validate.ts'
import { parseJson } from '../../shared/http/request/strict-json.ts'
import { EventEnvelope, isEventType } from '../../shared/provisioning/event-types.ts'

/**
 * What is recorded of an event: the raw text, and from it what deliveries are found and ordered by. Whether the data
 * fits its type is told later, by the delivery's state. Throws `invalid-request` where nothing can be made of it.
 */
export function parseEvent(bytes: Uint8Array) {
  const { type, timestamp, data } = validate(EventEnvelope, parseJson(bytes))
  if (!isEventType(type))
    throw new DomainError('invalid-request', '/type is not an event type that is known here')
  // It stands in logs and lists, which nothing but an identifier may.
  const customerId = v.is(CustomerId, data.customerId) ? data.customerId : undefined
  return { type, timestamp, customerId, body: new TextDecoder().decode(bytes) }
}
