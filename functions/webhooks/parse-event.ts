import { DomainError } from '../../shared/domain/errors.ts'
import { EventEnvelope, isEventType } from '../../shared/domain/provisioning-event.ts'
import { validate } from '../../shared/domain/validate.ts'
import { parseJson } from '../../shared/http/strict-json.ts'

/**
 * What is recorded of an event: the raw text, and from it what deliveries are found and ordered by. Whether the data
 * fits its type is told later, by the delivery's state. Throws `invalid-request` where nothing can be made of it.
 */
export function parseEvent(bytes: Uint8Array) {
  const { type, timestamp, data } = validate(EventEnvelope, parseJson(bytes))
  if (!isEventType(type))
    throw new DomainError('invalid-request', '/type is not an event type that is known here')
  // Cut, it may end in half a character, which no database takes.
  const customerId =
    typeof data.customerId === 'string' ? data.customerId.slice(0, 64).toWellFormed() : undefined
  return { type, timestamp, customerId, body: new TextDecoder().decode(bytes) }
}
