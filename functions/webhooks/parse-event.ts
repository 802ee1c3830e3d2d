import * as v from 'valibot'
import { CustomerId } from '../../shared/domain/entities/customer.ts'
import { DomainError } from '../../shared/domain/values/errors.ts'
import { validate } from '../../shared/domain/values/validate.ts'
import { parseJson } from '../../shared/http/request/strict-json.ts'
import { EventEnvelope, isEventType } from '../../shared/provisioning/event-types.ts'

/**
 * Returns the raw text of an event, with the fields that deliveries are found and ordered by. Whether the data fits its type
 * shows later, in the delivery's state. Throws `invalid-request` for an event that can't be parsed or has an unknown type.
 */
export function parseEvent(bytes: Uint8Array) {
  const { type, timestamp, data } = validate(EventEnvelope, parseJson(bytes))
  if (!isEventType(type))
    throw new DomainError('invalid-request', '/type is not an event type that is known here')
  // It gets into logs and lists, so that it must be an identifier.
  const customerId = v.is(CustomerId, data.customerId) ? data.customerId : undefined
  return { type, timestamp, customerId, body: new TextDecoder().decode(bytes) }
}
