import { DomainError } from '../../../shared/domain/errors.ts'
import { Reason } from '../../../shared/domain/text.ts'
import { validate } from '../../../shared/domain/validate.ts'
import { headerText } from '../../../shared/http/header-text.ts'

/** Why, as `X-Reason` says; an operator has to. Throws `invalid-request`. */
export function reasonOf(
  header: string | undefined,
  { required }: { required: boolean },
): string | undefined {
  if (header === undefined) {
    if (required) throw refused('is missing: operators say why they change something')
    return undefined
  }
  try {
    return validate(Reason, headerText(header))
  } catch (error) {
    throw error instanceof DomainError ? refused(error.errors[0]?.detail ?? error.message) : error
  }
}

function refused(detail: string): DomainError {
  return new DomainError('invalid-request', `The header X-Reason ${detail}.`, [
    { pointer: 'X-Reason', detail },
  ])
}
